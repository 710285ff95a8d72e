import { quoteAlways, quoteText } from '../../sql/quote.js';

export type NotationName = 'comma' | 'point' | 'dmy' | 'mdy' | 'ymd' | 'iso';

/** One of several ways in which texts can be meant, such as `1,500` or `03/04/2024`. */
export interface Notation {
  readonly name: NotationName;
  /** As it is told to a person. */
  readonly title: string;
  /** An expression: the value in a form that can be cast; NULL where it does not fit. */
  readonly value: string;
  /** An aggregate: the type of the whole column, read this way; NULL where a value does not fit. */
  readonly type: string;
}

const GROUPED = /\d[.,]\d/;
const NUMBERS = {
  comma: { title: 'with decimal commas', decimal: ',', between: '[. \u00a0\u202f]' },
  point: { title: 'with decimal points', decimal: '.', between: `[,'’ \u00a0\u202f]` },
} as const;

/** Whether points or commas stand in it: what has only digits needs no notation. */
export function isGrouped(text: string): boolean {
  return GROUPED.test(text);
}

export function isNumberIn(name: 'comma' | 'point', text: string): boolean {
  return new RegExp(`^(?:${numberPattern(name)})$`).test(text.trim());
}

/** The notations in which the numbers of a column may be. */
export function numberNotations(column: string): Notation[] {
  return [numberNotation(column, 'comma'), numberNotation(column, 'point')];
}

/** For DuckDB and JavaScript alike. What begins with needless zeros is a code, and no number. */
function numberPattern(name: 'comma' | 'point'): string {
  const { decimal, between } = NUMBERS[name];
  return `[+-]?([1-9][0-9]{0,2}(${between}[0-9]{3})+|0|[1-9][0-9]*)([${decimal}][0-9]+)?`;
}

function numberNotation(column: string, name: 'comma' | 'point'): Notation {
  const { title, decimal, between } = NUMBERS[name];
  const text = `trim(${quoteAlways(column)})`;
  const plain = `replace(regexp_replace(${text}, ${quoteText(between)}, '', 'g'), '${decimal}', '.')`;
  const value = `CASE WHEN regexp_full_match(${text}, ${quoteText(numberPattern(name))}) THEN ${plain} END`;
  const all = (condition: string): string => `bool_and(${condition} OR ${text} IS NULL)`;
  const casts = (type: string): string => all(`TRY_CAST(${value} AS ${type}) IS NOT NULL`);
  return {
    name,
    title,
    value,
    // Whole numbers stay exact, whatever their size.
    type:
      `CASE WHEN NOT ${all(`${value} IS NOT NULL`)} THEN NULL WHEN bool_or(contains(${value}, '.')) THEN 'DOUBLE' ` +
      `WHEN ${casts('BIGINT')} THEN 'BIGINT' WHEN ${casts('HUGEINT')} THEN 'HUGEINT' END`,
  };
}

const DATE =
  /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:([ T])\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?)?$/;

/** Whether this is a date of digits whose year may be the last of them. */
export function isDate(text: string): boolean {
  return DATE.test(text.trim());
}

/** Whether its parts can change places. */
export function isEitherOrder(text: string): boolean {
  const [, first, , second, year] = DATE.exec(text.trim()) ?? [];
  return year?.length === 2 || (Number(first) <= 12 && Number(second) <= 12);
}

/** The orders of a date of digits, with how a person is told and how a format that begins with the day is turned into one. */
const ORDERS = {
  dmy: { title: 'as day/month/year', format: '%d$1%m$1$2' },
  mdy: { title: 'as month/day/year', format: '%m$1%d$1$2' },
  ymd: { title: 'as year/month/day', format: '$2$1%m$1%d' },
} as const;
export type DateOrder = keyof typeof ORDERS;

export function titleOf(order: DateOrder): string {
  return ORDERS[order].title;
}

/** How DuckDB is told that dates which look like this one are in an order. */
export function dateFormat(text: string, order: DateOrder): string {
  return inOrder(formOf(text.trim())[0] ?? '', order);
}

function inOrder(form: string, order: DateOrder): string {
  return form.replace(/^%d(.)%m.(%[yY])/, ORDERS[order].format);
}

/** Whether a date of digits, in this order, is the one of that day (ISO). */
export function isDayIn(order: DateOrder, text: string, day: string): boolean {
  const [, first = '', , second = '', third = ''] = DATE.exec(text.trim()) ?? [];
  const parts = { dmy: [third, second, first], mdy: [third, first, second], ymd: [first, second, third] };
  const [year = '', ...rest] = parts[order];
  return day.endsWith([year, ...rest].map((part) => part.padStart(2, '0')).join('-'));
}

/** The orders in which the dates of a column may be, which look like these. */
export function dateNotations(column: string, texts: readonly string[]): Notation[] {
  // Of two years, the shorter comes first: DuckDB takes 24 for the year 24 as well.
  const forms = [...new Set(texts.flatMap((text) => formOf(text.trim())))].sort().reverse();
  const orders: DateOrder[] = forms.some((form) => form.includes('%Y'))
    ? ['dmy', 'mdy']
    : ['dmy', 'mdy', 'ymd'];
  return orders.map((order) => dateNotation(column, order, forms));
}

const ISO_DATE = /^\d{4}-\d{1,2}-\d{1,2}(?:[ T]|$)/;

/** Whether this is a date as DuckDB reads it whatever the order of others. */
export function isIsoDate(text: string): boolean {
  return ISO_DATE.test(text.trim());
}

/** What tells of a column of such dates which of its values are none; as that it is never read: DuckDB would have. */
export function isoNotation(column: string): Notation {
  return {
    name: 'iso',
    title: 'as year-month-day',
    value: `try_cast(trim(${quoteAlways(column)}) AS TIMESTAMP)`,
    type: 'NULL::VARCHAR',
  };
}

/** The format of a date, the day first. */
function formOf(text: string): string[] {
  const [whole, , between = '', , year, before, seconds, fraction, half] = DATE.exec(text) ?? [];
  if (whole === undefined) return [];
  const day = `%d${between}%m${between}${year?.length === 4 ? '%Y' : '%y'}`;
  if (before === undefined) return [day];
  const clock = `${half === undefined ? '%H' : '%I'}:%M${seconds === undefined ? '' : ':%S'}`;
  const end = half === undefined ? '' : half.startsWith(' ') ? ' %p' : '%p';
  return [`${day}${before}${clock}${fraction === undefined ? '' : '.%f'}${end}`];
}

function dateNotation(column: string, name: DateOrder, forms: readonly string[]): Notation {
  const text = `trim(${quoteAlways(column)})`;
  const formats = forms.map((form) => quoteText(inOrder(form, name)));
  const value = `try_strptime(${text}, [${formats.join(', ')}])`;
  const type = forms.some((form) => form.includes(':')) ? 'TIMESTAMP' : 'DATE';
  return {
    name,
    title: titleOf(name),
    value,
    type: `CASE WHEN bool_and(${value} IS NOT NULL OR ${text} IS NULL) THEN '${type}' END`,
  };
}
