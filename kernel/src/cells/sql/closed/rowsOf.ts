import type { Database } from '../../../database/types.js';

/** Rows of the catalogue that are read at most. */
const MOST = 1_000_000;

/** The rows of a query over what is known to be small, each value as text. */
export async function rowsOf(
  database: Database,
  sql: string,
  limit = MOST,
): Promise<readonly (readonly (string | null)[])[]> {
  const [result] = await database.query(sql, { author: 'user', limit });
  return result?.kind === 'rows' ? result.page.rows : [];
}
