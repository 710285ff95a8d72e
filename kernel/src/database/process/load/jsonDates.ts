import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { quoteAlways, quoteText } from '../../sql/quote.js';
import type { CsvOptions } from '../../types.js';
import { fitsNothing } from './loadFailure.js';
import { dateFormat, dateNotations, isDate } from './notations.js';

/** Rows at which it is looked. */
const SAMPLE = 200;
const MAY_BE_DATES = new Set(['VARCHAR', 'DATE', 'TIMESTAMP']);

type Order = NonNullable<CsvOptions['dates']>;

/** What `read_json` is told, so that it reads the dates of a file in this order; empty where it has no dates of digits. */
export async function dateOptions(connection: DuckDBConnection, path: string, order: Order): Promise<string> {
  const described = await connection.runAndReadAll(`DESCRIBE FROM read_json(${path})`);
  const names = described
    .getRows()
    .flatMap(([name, type]) => (MAY_BE_DATES.has(String(type)) ? [String(name)] : []));
  if (names.length === 0) return '';
  const texts = names.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ');
  const reader = await connection.runAndReadAll(
    `SELECT ${names.map(quoteAlways).join(', ')} FROM read_json(${path}, columns = {${texts}}) LIMIT ${SAMPLE}`,
  );
  const formats = reader.getColumns().flatMap((values) => {
    const shown = textsIn(values);
    const [first] = shown;
    return first !== undefined && shown.every(isDate) ? [dateFormat(first, order)] : [];
  });
  const option = (name: string, format: string | undefined): string =>
    format === undefined ? '' : `, ${name} = ${quoteText(format)}`;
  return (
    option(
      'dateformat',
      formats.find((format) => !format.includes(':')),
    ) +
    option(
      'timestampformat',
      formats.find((format) => format.includes(':')),
    )
  );
}

/** What `read_json` is told, so that it reads the dates of a file as it did by itself, where the types are told as well. */
export async function dateOptionsAsRead(
  connection: DuckDBConnection,
  path: string,
  types: ReadonlyMap<string, string>,
): Promise<string> {
  if (!hasDates(types)) return '';
  for (const order of ['dmy', 'mdy', 'ymd'] as const) {
    const options = await dateOptions(connection, path, order);
    const described = await connection.runAndReadAll(`DESCRIBE FROM read_json(${path}${options})`);
    if (described.getRows().every(([name, type]) => types.get(String(name)) === type)) return options;
  }
  return '';
}

export function hasDates(types: ReadonlyMap<string, string>): boolean {
  return [...types.values()].some((type) => type === 'DATE' || type === 'TIMESTAMP');
}

/** Throws where no column turned out to have dates in the order that was asked for. */
export function checkDates(types: ReadonlyMap<string, string>, order: Order): void {
  if (!hasDates(types)) throw fitsNothing('dates', order);
}

function textsIn(values: readonly DuckDBValue[] = []): string[] {
  return values.flatMap((value) => (value === null ? [] : [String(value).trim()]));
}

/** Of rows whose dates are texts, the columns that have them, as expressions that read them in this order. */
export async function textsAsDates(
  connection: DuckDBConnection,
  source: string,
  order: Order,
): Promise<string[]> {
  const reader = await connection.runAndReadAll(`FROM ${source} LIMIT ${SAMPLE}`);
  const suspects = reader.columnNames().flatMap((name, at) => {
    const shown = textsIn(reader.getColumns()[at]);
    if (shown.length === 0 || !shown.every(isDate)) return [];
    const notation = dateNotations(name, shown).find((each) => each.name === order);
    return notation === undefined ? [] : [{ name, notation }];
  });
  if (suspects.length === 0) return [];
  const found = await connection.runAndReadAll(
    `SELECT ${suspects.map(({ notation }) => notation.type).join(', ')} FROM ${source}`,
  );
  const types = found.getRows()[0] ?? [];
  const values = suspects.flatMap(({ name, notation }, at) =>
    types[at] === null ? [] : [`CAST(${notation.value} AS ${String(types[at])}) AS ${quoteAlways(name)}`],
  );
  if (values.length === 0) throw fitsNothing('dates', order);
  return values;
}
