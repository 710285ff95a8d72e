import type { DuckDBConnection } from '@duckdb/node-api';

/** Rows that would not parse are shown up to this many. */
export const SHOWN_REJECTS = 20;

/** Where the rows go: the beginning of a statement that takes them, and the table's name in quotes. */
export interface Into {
  readonly sql: string;
  readonly target: string;
  readonly append: boolean;
}

/** Runs what makes or fills the table; gives the number of rows. */
export async function run(connection: DuckDBConnection, sql: string): Promise<number> {
  const result = await connection.run(sql);
  return Number((await result.getRows())[0]?.[0] ?? 0);
}
