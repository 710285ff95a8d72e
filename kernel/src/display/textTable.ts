import stringWidth from 'string-width';
import { cut } from './format.js';

export interface TextColumn {
  readonly title: string;
  /** A second header line, such as the type. */
  readonly note?: string;
  readonly align: 'left' | 'right';
  /** Shown whole, however long. */
  readonly whole?: boolean;
}

/** Characters of a row before columns are left out of the middle. */
const MAX_WIDTH = 118;
const MAX_CELL = 48;
const GAP = '  ';
const ELLIPSIS: TextColumn = { title: '…', align: 'left' };

/** A table as aligned plain text. Wide values are cut and, where a row is too long, middle columns left out. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) =>
    row.map((value, i) => (columns[i]?.whole ? oneLine(value) : cut(oneLine(value), MAX_CELL))),
  );
  const titles = columns.map((column) => cut(oneLine(column.title), MAX_CELL));
  const notes = columns.map((column) => cut(column.note ?? '', MAX_CELL));
  const widths = columns.map((_, i) =>
    Math.max(widthOf(titles[i] ?? ''), widthOf(notes[i] ?? ''), ...cells.map((row) => widthOf(row[i] ?? ''))),
  );
  const shown = fit(widths);
  const line = (values: readonly string[]): string =>
    shown
      .map((i) => {
        const column = i === null ? ELLIPSIS : (columns[i] ?? ELLIPSIS);
        const width = i === null ? 1 : (widths[i] ?? 0);
        return pad(i === null ? '…' : (values[i] ?? ''), width, column.align);
      })
      .join(GAP)
      .trimEnd();
  const rule = shown.map((i) => '─'.repeat(i === null ? 1 : (widths[i] ?? 0))).join(GAP);
  const header = notes.some((note) => note !== '') ? [line(titles), line(notes)] : [line(titles)];
  return [...header, rule, ...cells.map(line)].join('\n');
}

/** Line breaks and control characters made visible, so that a value stays on its line. */
export function oneLine(text: string): string {
  return text.replace(/\r?\n/g, '↵').replace(/[\p{Cc}]/gu, '·');
}

/** Most values are plain ASCII: no segmenter is needed for those. */
function widthOf(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : stringWidth(text);
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? space + text : text + space;
}

/** Which columns fit, in order; null stands for those left out. */
function fit(widths: readonly number[]): (number | null)[] {
  const all = widths.map((_, i) => i);
  const total = widths.reduce((sum, width) => sum + width + GAP.length, 0);
  if (total <= MAX_WIDTH) return all;
  let room = MAX_WIDTH - 1 - GAP.length;
  const head: number[] = [];
  const tail: number[] = [];
  let low = 0;
  let high = widths.length - 1;
  while (low <= high) {
    const fromHead = head.length <= tail.length;
    const i = fromHead ? low : high;
    room -= (widths[i] ?? 0) + GAP.length;
    if (room < 0 && head.length > 0) break;
    if (fromHead) {
      head.push(i);
      low += 1;
    } else {
      tail.unshift(i);
      high -= 1;
    }
  }
  return low <= high ? [...head, null, ...tail] : [...head, ...tail];
}
