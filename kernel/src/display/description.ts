import type { Display } from '../mime.js';
import { count, plural } from '../counts.js';
import { cut, valueText } from './format.js';
import { listDisplay, type ListColumn } from './list.js';

/** What is known of a table and its columns. */
export interface Described {
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly rows: number;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly nulls: number;
    readonly distinct: number | null;
    readonly approximate?: true;
    readonly min: string | null;
    readonly max: string | null;
    readonly top: readonly { readonly value: string | null; readonly count: number }[];
  }[];
}

const COLUMNS: readonly ListColumn[] = [
  { title: 'column' },
  { title: 'type' },
  { title: 'NULLs', align: 'right' },
  { title: 'distinct', align: 'right' },
  { title: 'min' },
  { title: 'max' },
  { title: 'most frequent' },
];
const CAPTION = (table: Described): string =>
  `${table.kind} ${table.name}: ${plural(table.rows, 'row')}, ${plural(table.columns.length, 'column')}`;

/** What a table holds, column by column. The text form is cut so that all seven columns fit beside each other. */
export function descriptionDisplay(table: Described): Display {
  const wide = listDisplay(COLUMNS, lines(table, { type: 60, value: 30, top: 60 }), CAPTION(table));
  const narrow = listDisplay(COLUMNS, lines(table, { type: 16, value: 19, top: 28 }), CAPTION(table));
  return { data: { ...wide.data, 'text/plain': narrow.data['text/plain'] } };
}

function lines(
  table: Described,
  width: { readonly type: number; readonly value: number; readonly top: number },
): string[][] {
  return table.columns.map((column) => [
    cut(column.name, 30),
    cut(column.type, width.type),
    count(column.nulls),
    column.distinct === null ? '–' : `${column.approximate ? 'about ' : ''}${count(column.distinct)}`,
    cut(column.min === null ? '–' : valueText(column.min), width.value),
    cut(column.max === null ? '–' : valueText(column.max), width.value),
    cut(column.top.map(({ value, count: n }) => `${valueText(value)} (${count(n)})`).join(', '), width.top),
  ]);
}
