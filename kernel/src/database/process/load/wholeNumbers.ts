import { stat } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteAlways, quoteText } from '../../sql/quote.js';
import { failureOf } from '../failure.js';
import { csvSource, type Dialect, type Types } from './sniffCsv.js';

/**
 * Columns that DuckDB takes for whole numbers by the beginning of a file. What comes later may be a fraction, which it
 * rounds, or a code such as 01067, whose zero it drops: neither is an error to it.
 */

/** At so many rows DuckDB looks itself. */
const SNIFFED = 20_480;
const SHORTEST_LINE = 2;
/** Rows that tell whether the numbers of a column are large. */
const BEGINNING = 2048;
/** Beyond this, a DOUBLE no longer holds every whole number. */
const EXACT_DOUBLE = 2 ** 53;
const NOT_WHOLE = 'worldline: not a whole number that a DOUBLE holds';

/** Whether DuckDB has looked at all rows of a file that is no longer than this. */
export async function isSniffedWhole(file: string): Promise<boolean> {
  return !/\.(?:gz|zst)$/i.test(file) && (await stat(file)).size < SNIFFED * SHORTEST_LINE;
}

/** Of columns of whole numbers, those to be read as DOUBLE, with `checked`: the cheapest way to see a fraction as it comes. */
export async function columnsToCheck(
  connection: DuckDBConnection,
  dialect: Dialect,
  names: readonly string[],
): Promise<string[]> {
  const large = await found(
    connection,
    names,
    (name) => `max(abs(${name})) >= ${EXACT_DOUBLE}`,
    `(FROM ${csvSource(dialect, ['ignore_errors = true'], new Map())} LIMIT ${BEGINNING})`,
  );
  return names.filter((name) => !large.includes(name));
}

/** The whole number of a column that is read as DOUBLE; fails where there is none (`isNotWhole`). */
export function checked(name: string): string {
  const value = quoteAlways(name);
  return (
    `CASE WHEN abs(${value}) < ${EXACT_DOUBLE} AND ${value} = floor(${value}) THEN CAST(${value} AS BIGINT) ` +
    `WHEN ${value} IS NOT NULL THEN error(${quoteText(NOT_WHOLE)}) END`
  );
}

export function isNotWhole(error: unknown): boolean {
  return failureOf(error).message.startsWith(NOT_WHOLE);
}

/** Which of these columns have fractions. */
export function columnsWithFractions(
  connection: DuckDBConnection,
  dialect: Dialect,
  names: readonly string[],
): Promise<string[]> {
  const doubles = new Map(names.map((name) => [name, 'DOUBLE']));
  const source = csvSource(dialect, ['ignore_errors = true'], doubles);
  return found(connection, names, (name) => `bool_or(${name} <> floor(${name}))`, source);
}

/**
 * Columns of a loaded table that are codes. Of a number that has lost its zeros nothing tells but the file itself, which is
 * read again where DuckDB has not looked at all of it; what has negative numbers has no codes.
 */
export async function codeColumns(
  connection: DuckDBConnection,
  dialect: Dialect,
  target: string,
  rows: number,
): Promise<string[]> {
  if (rows < SNIFFED) return [];
  const numbers = [...dialect.types].flatMap(([name, type]) => (type === 'BIGINT' ? [name] : []));
  const positive = await found(connection, numbers, (name) => `min(${name}) >= 0`, target);
  return columnsWithCodes(connection, dialect, positive);
}

/**
 * Columns of a file whose numbers lost zeros as they were added to a table that has whole numbers there (`held`).
 */
export function codesLost(
  connection: DuckDBConnection,
  dialect: Dialect,
  held: readonly string[],
  rows: number,
): Promise<string[]> {
  // Where DuckDB has looked at all rows, it took what has such zeros for text.
  const suspects = held.filter(
    (name) =>
      dialect.types.get(name) === 'VARCHAR' || (dialect.types.get(name) === 'BIGINT' && rows >= SNIFFED),
  );
  return columnsWithCodes(connection, dialect, suspects);
}

function columnsWithCodes(
  connection: DuckDBConnection,
  dialect: Dialect,
  names: readonly string[],
): Promise<string[]> {
  const texts: Types = new Map(names.map((name) => [name, 'VARCHAR']));
  const source = csvSource(dialect, ['ignore_errors = true'], texts);
  // A zero and another digit; hardly any text needs its spaces taken off to tell.
  return found(
    connection,
    names,
    (name) => `bool_or(CASE WHEN ${name} < '1' THEN ltrim(${name}) BETWEEN '00' AND '0:' END)`,
    source,
  );
}

/** The columns for which a test, an aggregate, holds. */
async function found(
  connection: DuckDBConnection,
  names: readonly string[],
  test: (name: string) => string,
  source: string,
): Promise<string[]> {
  if (names.length === 0) return [];
  const tests = names.map((name) => test(quoteAlways(name)));
  const reader = await connection.runAndReadAll(`SELECT ${tests.join(', ')} FROM ${source}`);
  return names.filter((_, index) => reader.getRows()[0]?.[index] === true);
}
