import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteAlways } from '../../sql/quote.js';

/** Beyond this, a DOUBLE no longer holds every whole number. */
const EXACT_DOUBLE = 2 ** 53;

/**
 * Columns of a loaded table that were taken for DOUBLE and are whole numbers, too large for it, with the type that keeps
 * them. `doubles`: those to look at; `source`: what is read from, with columns of other types.
 */
export async function roundedColumns(
  connection: DuckDBConnection,
  target: string,
  doubles: readonly string[],
  source: (types: ReadonlyMap<string, string>) => string,
): Promise<Map<string, string>> {
  if (doubles.length === 0) return new Map();
  const large = doubles.map((name) => `max(abs(${quoteAlways(name)})) >= ${EXACT_DOUBLE}`);
  const found =
    (await connection.runAndReadAll(`SELECT ${large.join(', ')} FROM ${target}`)).getRows()[0] ?? [];
  const suspects = doubles.filter((_, index) => found[index] === true);
  if (suspects.length === 0) return new Map();
  const tests = suspects.map((name) => {
    const text = `trim(${quoteAlways(name)})`;
    return (
      `CASE WHEN NOT bool_and(regexp_full_match(${text}, '[+-]?[0-9]+')) THEN NULL ` +
      `WHEN bool_and(TRY_CAST(${text} AS HUGEINT) IS NOT NULL) THEN 'HUGEINT' ELSE 'VARCHAR' END`
    );
  });
  const texts = new Map(suspects.map((name) => [name, 'VARCHAR']));
  const types =
    (await connection.runAndReadAll(`SELECT ${tests.join(', ')} FROM ${source(texts)}`)).getRows()[0] ?? [];
  return new Map(
    suspects.flatMap((name, index) => (types[index] === null ? [] : [[name, String(types[index])] as const])),
  );
}
