import type { CellRecord, CellStatus, Change, Comparison, TableDifference } from '../contract.js';
import type { Display } from '../mime.js';
import { FILE_LIST } from './artifacts.js';
import { bytes, plural } from '../counts.js';
import { cut } from './format.js';
import { escapeHtml, NO_MATH, preformatted, shaded } from './html.js';
import { markdownHtml } from './markdownHtml.js';
import { textTable } from './textTable.js';

interface Names {
  readonly a: string;
  readonly b: string;
}

/** Two worldlines side by side from their fork: as HTML, and as text with one below the other. */
export function comparisonDisplay(comparison: Comparison, a: string, b: string): Display {
  const names = { a, b };
  return {
    data: { 'text/html': comparisonHtml(comparison, names), 'text/plain': comparisonText(comparison, names) },
  };
}

type Row = readonly [what: string, name: string, a: string, b: string];

/** Everything that differs, in one list. */
function differences({ tables, files, variables }: Comparison, names: Names): Row[] {
  const row = (what: string, name: string, a: string, b: string, change: Change): Row => [
    what,
    name,
    a,
    b === a ? `${b} ${note(change, names)}` : b,
  ];
  return [
    ...tables.map((it) => row('table', it.name, shape(it, 'A'), shape(it, 'B'), it.change)),
    ...files.map((it) => row('file', it.path, size(it.bytesA), size(it.bytesB), it.change)),
    ...variables.map((it) => row('variable', it.name, it.a ?? '–', it.b ?? '–', it.change)),
  ];
}

function note(change: Change, { a, b }: Names): string {
  switch (change) {
    case 'only-a':
      return `(only ${a})`;
    case 'only-b':
      return `(only ${b})`;
    case 'changed':
      return '(contents differ)';
  }
}

function shape(table: TableDifference, side: 'A' | 'B'): string {
  const rows = side === 'A' ? table.rowsA : table.rowsB;
  const columns = side === 'A' ? table.columnsA : table.columnsB;
  if (columns.length === 0) return '–';
  // Of a view, rows are not counted.
  return rows === null ? plural(columns.length, 'column') : `${plural(rows, 'row')} × ${columns.length}`;
}

function size(n: number | null): string {
  return n === null ? '–' : bytes(n);
}

function comparisonText(comparison: Comparison, names: Names): string {
  const rows = differences(comparison, names);
  const columns = [{ title: '' }, { title: 'name' }, { title: names.a }, { title: names.b }].map(
    (column) => ({
      ...column,
      align: 'left' as const,
    }),
  );
  return [
    `${names.a} since the fork:`,
    ...cellsText(comparison.cellsA),
    '',
    `${names.b} since the fork:`,
    ...cellsText(comparison.cellsB),
    '',
    rows.length === 0 ? 'Tables, files and variables are the same.' : textTable(columns, rows),
  ].join('\n');
}

function cellsText(cells: readonly CellRecord[]): string[] {
  if (cells.length === 0) return ['  (no cells)'];
  return cells.flatMap((cell) => [
    ...indent(`[${cell.executionCount ?? ' '}] ${cell.source}`, '  '),
    ...indent(answerOf(cell), '      '),
  ]);
}

function indent(text: string, by: string): string[] {
  return text === '' ? [] : text.split('\n').map((line) => by + line);
}

/** The last output of a cell as text: an agent's answer, a result, an error. The list of files is repeated further down. */
function answerOf(cell: CellRecord): string {
  const last = lastOf(cell);
  if (last === undefined) return '';
  if (last['output_type'] === 'stream') return cut(String(last['text']).trimEnd(), 1000);
  if (last['output_type'] === 'error') return `${String(last['ename'])}: ${String(last['evalue'])}`;
  const text = (last['data'] as Record<string, unknown> | undefined)?.['text/plain'];
  return typeof text === 'string' ? cut(text, 1000) : '';
}

function lastOf({ outputs }: CellRecord): CellRecord['outputs'][number] | undefined {
  return outputs.findLast((output) => !listsFiles(output)) ?? outputs.at(-1);
}

function isMarkdown(output: CellRecord['outputs'][number] | undefined): boolean {
  return typeof (output?.['data'] as Record<string, unknown> | undefined)?.['text/markdown'] === 'string';
}

function listsFiles(output: CellRecord['outputs'][number]): boolean {
  return (output['metadata'] as Record<string, unknown> | undefined)?.[FILE_LIST] === true;
}

function comparisonHtml(comparison: Comparison, names: Names): string {
  const rows = differences(comparison, names)
    .map(
      (row) =>
        `<tr>${row.map((value) => `<td style="text-align:left">${escapeHtml(value)}</td>`).join('')}</tr>`,
    )
    .join('\n');
  const heads = ['', 'name', names.a, names.b]
    .map((name) => `<th style="text-align:left">${escapeHtml(name)}</th>`)
    .join('');
  const state =
    rows === ''
      ? '<p>Tables, files and variables are the same.</p>'
      : `<table class="dataframe ${NO_MATH}">\n<thead><tr>${heads}</tr></thead>\n<tbody>\n${rows}\n</tbody>\n</table>`;
  const column = (name: string, cells: readonly CellRecord[]): string =>
    `<td valign="top" align="left" width="50%" style="vertical-align:top;text-align:left;width:50%"><b>${escapeHtml(name)}</b>${cells.length === 0 ? NO_CELLS : cells.map(cellHtml).join('\n')}</td>`;
  return (
    `<table class="${NO_MATH}" style="width:100%;table-layout:fixed;margin-bottom:1em"><tr>${column(names.a, comparison.cellsA)}${column(names.b, comparison.cellsB)}</tr></table>\n` +
    state
  );
}

const NO_CELLS = '<p style="opacity:.65">No cells since the fork.</p>';
const STATES: Readonly<Record<CellStatus, string>> = {
  ok: '',
  error: ' failed',
  interrupted: ' interrupted',
};

/** A cell with its pictures and its last words. HTML that the cell made is not repeated: it may hold a script. */
function cellHtml(cell: CellRecord): string {
  const pictures = cell.outputs.flatMap((output) => pictureOf(output) ?? []);
  // Where the answer is a picture, its text only names it.
  const answer = pictureOf(lastOf(cell)) === null ? answerOf(cell) : '';
  const said = isMarkdown(lastOf(cell)) ? markdownHtml(answer) : preformatted(answer);
  const head = `[${cell.executionCount ?? ' '}]${STATES[cell.status]}`;
  return [
    `<p style="margin:1em 0 0"><small style="opacity:.65">${head}</small></p>`,
    shaded(cut(cell.source, 2000)),
    ...pictures,
    ...(answer === '' ? [] : [said]),
  ].join('\n');
}

function pictureOf(output: CellRecord['outputs'][number] | undefined): string | null {
  const png = (output?.['data'] as Record<string, unknown> | undefined)?.['image/png'];
  return typeof png === 'string' && /^[A-Za-z0-9+/=\s]+$/.test(png)
    ? `<img style="max-width:100%" src="data:image/png;base64,${png}">`
    : null;
}
