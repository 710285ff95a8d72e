import type { Column, Page } from '../../database/types.js';
import { asCell, asName } from './dataText.js';

/** How much of a result the model is shown. */
export const SHOWN = { rows: 40, characters: 8000, cell: 240, columns: 60, statistics: 5000 } as const;

/** A page as text for the model: true row count, the first rows, and what was left out and where it is. */
export function pageText(page: Page, handle: string): string {
  return shownPage(page, handle).text;
}

/** The same, and whether it has all rows of the result. */
export function shownPage(page: Page, handle: string): { readonly text: string; readonly whole: boolean } {
  const { total } = page;
  const columns = page.columns.slice(0, SHOWN.columns);
  const head = columns.map(({ name, type }) => `${asName(name)} ${type}`).join(' | ');
  const lines: string[] = [];
  let size = head.length;
  for (const row of page.rows.slice(0, SHOWN.rows)) {
    const line = columns.map((_, at) => asCell(row[at] ?? null, SHOWN.cell)).join(' | ');
    size += line.length;
    if (size > SHOWN.characters && lines.length > 0) break;
    lines.push(line);
  }
  const parts = [`${quantity(total, 'row')} × ${quantity(page.columns.length, 'column')}`, head, ...lines];
  if (page.columns.length > columns.length)
    parts.push(`(${page.columns.length - columns.length} more columns are not shown; select fewer.)`);
  const whole = lines.length >= total;
  if (!whole)
    parts.push(`(Only the first ${lines.length} of ${total} rows are shown. The whole result is ${handle}.)`);
  return { text: parts.join('\n'), whole };
}

/** Statistics of the columns over the rows given, for a result that is not shown whole. */
export function columnStatistics(page: Page): string {
  const over = page.rows.length < page.total ? ` over its first ${page.rows.length} rows` : '';
  const lines = page.columns.slice(0, SHOWN.columns).map(
    (column, at) =>
      `${asName(column.name)}: ${statistic(
        column,
        page.rows.map((row) => row[at] ?? null),
      )}`,
  );
  return `Column statistics${over}:\n${lines.join('\n')}`;
}

function statistic(column: Column, values: readonly (string | null)[]): string {
  const present = values.filter((value) => value !== null);
  const nulls = values.length - present.length;
  const parts = [`${nulls} NULL`, `${new Set(present).size} distinct`];
  if (column.kind === 'number') {
    const numbers = present.map(Number).filter(Number.isFinite);
    if (numbers.length > 0) {
      const sum = numbers.reduce((total, value) => total + value, 0);
      let [low, high] = [Infinity, -Infinity];
      for (const value of numbers) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      parts.push(`min ${low}`, `max ${high}`, `mean ${Number((sum / numbers.length).toPrecision(8))}`);
    }
  } else if (column.kind === 'temporal' && present.length > 0) {
    const sorted = [...present].sort();
    parts.push(`from ${sorted[0] ?? ''} to ${sorted.at(-1) ?? ''}`);
  }
  return parts.join(', ');
}

/** `1461 rows`, as a model reads and repeats it: without the separators that a person sees. */
export function quantity(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
