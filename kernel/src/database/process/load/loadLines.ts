import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteText } from '../../sql/quote.js';
import { textsAsDates } from './jsonDates.js';
import type { CsvOptions, LoadResult } from '../../types.js';

const LINES = `delim = '\\x01', quote = '', escape = '', header = false, auto_detect = false, columns = {line: 'VARCHAR'}`;

/**
 * Reads a file with one JSON object per line of which some are broken: those are counted and shown. Throws `cause`
 * where hardly a line is JSON, because the file then is something else.
 */
export async function readLines(
  connection: DuckDBConnection,
  path: string,
  into: string,
  shown: number,
  dates: CsvOptions['dates'],
  cause: unknown,
): Promise<Pick<LoadResult, 'rows' | 'rejected' | 'rejects'>> {
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE worldline_lines AS
     SELECT number, line, CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END AS good
     FROM (SELECT row_number() OVER () AS number, line FROM read_csv(${path}, ${LINES})) WHERE trim(line) <> ''`,
  );
  const counts = await connection.runAndReadAll(
    'SELECT count(*) FILTER (good), count(*) FILTER (NOT good) FROM worldline_lines',
  );
  const [good, bad] = counts.getRows()[0] ?? [];
  if (Number(good) < Number(bad)) throw cause;
  const structures = await connection.runAndReadAll(
    'SELECT json_group_structure(line::JSON)::VARCHAR FROM worldline_lines WHERE good',
  );
  const structure = structures.getRows()[0]?.[0];
  const source = `(SELECT unnest(json_transform(line, ${quoteText(String(structure))})) FROM worldline_lines WHERE good ORDER BY number)`;
  const values = dates === undefined ? [] : await textsAsDates(connection, source, dates);
  const columns = values.length === 0 ? '' : `SELECT * REPLACE (${values.join(', ')}) `;
  const result = await connection.run(`${into} ${columns}FROM ${source}`);
  const rejects = await connection.runAndReadAll(
    `SELECT number, line FROM worldline_lines WHERE NOT good ORDER BY number LIMIT ${shown}`,
  );
  return {
    rows: Number((await result.getRows())[0]?.[0] ?? 0),
    rejected: Number(bad),
    rejects: rejects.getRows().map(([line, text]) => ({
      line: Number(line),
      column: null,
      reason: 'This line is not a JSON object.',
      text: String(text),
    })),
  };
}
