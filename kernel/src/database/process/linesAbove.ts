import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteText } from '../sql/quote.js';
import type { Encoding } from './loadCsv.js';

/**
 * How many lines stand above the header, such as a title. A reader that is to pass over bad lines takes the title for the
 * header and the table for bad; the one that is not finds the table, and a table has more columns than its title.
 */
export async function linesAbove(
  connection: DuckDBConnection,
  file: string,
  encoding: Encoding,
): Promise<number> {
  const sniff = async (options: string): Promise<readonly [skip: number, columns: number]> => {
    const found = await connection.runAndReadAll(
      `SELECT SkipRows, len("Columns") FROM sniff_csv(${quoteText(file)}, encoding = '${encoding}'${options})`,
    );
    const [skip, columns] = found.getRows()[0] ?? [];
    return [Number(skip ?? 0), Number(columns ?? 0)];
  };
  // One that cannot tell is followed by a reader that says why.
  const [skip, columns] = await sniff('').catch(() => [0, 0] as const);
  if (skip === 0) return 0;
  const [, lenient] = await sniff(', ignore_errors = true');
  return columns > lenient ? skip : 0;
}
