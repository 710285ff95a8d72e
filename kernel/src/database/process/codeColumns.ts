import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteAlways } from '../sql/quote.js';
import { csvSource, type Dialect } from './sniffCsv.js';

/** At so many rows DuckDB looks itself, and takes for text what begins with a zero. */
const SNIFFED = 20_480;

/** Columns of a loaded table that were taken for numbers by their beginning, and have one such as 01067 further on. */
export async function codeColumns(
  connection: DuckDBConnection,
  dialect: Dialect,
  target: string,
  rows: number,
): Promise<string[]> {
  const numbers = [...dialect.types].flatMap(([name, type]) => (type === 'BIGINT' ? [name] : []));
  if (rows < SNIFFED || numbers.length === 0) return [];
  const chosen = async (
    names: readonly string[],
    test: (name: string) => string,
    source: string,
  ): Promise<string[]> => {
    const tests = names.map((name) => test(quoteAlways(name)));
    const reader = await connection.runAndReadAll(`SELECT ${tests.join(', ')} FROM ${source}`);
    return names.filter((_, index) => reader.getRows()[0]?.[index] === true);
  };
  const suspects = await chosen(numbers, (name) => `min(${name}) >= 0 AND max(${name}) > 9`, target);
  if (suspects.length === 0) return [];
  const texts = new Map(suspects.map((name) => [name, 'VARCHAR']));
  return chosen(
    suspects,
    (name) => `bool_or(starts_with(trim(${name}), '0') AND length(trim(${name})) > 1)`,
    csvSource(dialect, ['ignore_errors = true'], texts),
  );
}
