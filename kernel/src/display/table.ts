import type { TablePage } from '../contract.js';
import { TABLE_MIME } from '../contract.js';
import type { Display } from '../mime.js';
import { count, plural } from '../counts.js';
import { cut, duration, valueText } from './format.js';
import { escapeHtml, NO_MATH } from './html.js';
import { oneLine, textTable } from './textTable.js';

const MAX_HTML_CELL = 300;
const ON_ONE_LINE = 40;

/** A page of a result as HTML, as text, and structured for front ends that page through it. */
export function tableDisplay(page: TablePage, milliseconds?: number): Display {
  const caption = describeRows(page) + (milliseconds === undefined ? '' : ` · ${duration(milliseconds)}`);
  return bundle(page, caption);
}

function bundle(page: TablePage, caption: string): Display {
  return {
    data: {
      [TABLE_MIME]: page,
      'text/html': tableHtml(page, caption),
      'text/plain': tableText(page, caption),
    },
  };
}

/** The first rows of a result that is not counted yet: nobody can page through it. `rest` says what is with the others. */
export function firstPageDisplay(
  { columns, rows }: Pick<TablePage, 'columns' | 'rows'>,
  rest: string,
): Display {
  const page: TablePage = { result: '', columns, rows, offset: 0, total: rows.length, rest };
  const caption = `the first ${plural(rows.length, 'row')} × ${plural(columns.length, 'column')}, ${rest}`;
  return bundle(page, caption);
}

/** `1,461 rows × 6 columns, 50 shown`. */
function describeRows(page: TablePage): string {
  const size = `${plural(page.total, 'row')} × ${plural(page.columns.length, 'column')}`;
  return page.rows.length < page.total ? `${size}, ${count(page.rows.length)} shown` : size;
}

export function tableText(page: TablePage, caption: string): string {
  const columns = page.columns.map((column) => ({
    title: column.name,
    note: column.type,
    align: column.kind === 'number' ? ('right' as const) : ('left' as const),
  }));
  const rows = page.rows.map((row) => row.map(valueText));
  return `${textTable(columns, rows)}\n(${caption})`;
}

function tableHtml(page: TablePage, caption: string): string {
  const alignment = page.columns.map((column) => (column.kind === 'number' ? 'right' : 'left'));
  const head = page.columns
    .map(
      (column, i) =>
        `<th style="text-align:${alignment[i] ?? 'left'}">${escapeHtml(column.name)}` +
        `<br><small style="font-weight:normal;opacity:.6">${escapeHtml(column.type)}</small></th>`,
    )
    .join('');
  const body = page.rows
    .map(
      (row) =>
        `<tr>${row.map((value, i) => `<td style="text-align:${alignment[i] ?? 'left'}${widthOf(value)}">${cellHtml(value)}</td>`).join('')}</tr>`,
    )
    .join('\n');
  return (
    `<table class="dataframe worldline-table ${NO_MATH}">\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>\n` +
    `<p style="opacity:.6"><small>${escapeHtml(caption)}</small></p>`
  );
}

/** In a table too wide for its place, short values keep their line, and long ones break into few. */
function widthOf(value: string | null): string {
  if (value === null || !/\s/.test(value)) return '';
  return value.length > ON_ONE_LINE ? ';min-width:24em' : ';white-space:nowrap';
}

function cellHtml(value: string | null): string {
  if (value === null) return '<em style="opacity:.5">NULL</em>';
  const shown = escapeHtml(oneLine(cut(value, MAX_HTML_CELL)));
  return value.length > MAX_HTML_CELL
    ? `<span title="cut: ${count(value.length)} characters">${shown}</span>`
    : shown;
}
