import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteAlways, quoteText } from '../../sql/quote.js';
import type { Frame } from '../protocol.js';

/** Parquet has no durations: whole microseconds are written, and their columns named in the file under this key. */
export const DURATIONS = 'worldline.durations';

/** Shows a file of Python's under the name of the data frame. */
export async function showFrame(work: DuckDBConnection, { name, file }: Frame): Promise<void> {
  await work.run(`CREATE OR REPLACE TEMP VIEW ${quoteAlways(name)} AS ${await frameQuery(work, file)}`);
}

/** What gives the rows of a file of Python's, in the types that they had there. */
export async function frameQuery(work: DuckDBConnection, file: string): Promise<string> {
  const durations = (await durationsOf(work, file)).map(
    (column) => `to_microseconds(${quoteAlways(column)}) AS ${quoteAlways(column)}`,
  );
  const columns = durations.length === 0 ? '*' : `* REPLACE (${durations.join(', ')})`;
  return `SELECT ${columns} FROM read_parquet(${quoteText(file)})`;
}

async function durationsOf(work: DuckDBConnection, file: string): Promise<string[]> {
  const reader = await work.runAndReadAll(
    `SELECT decode(value) FROM parquet_kv_metadata(${quoteText(file)}) WHERE decode(key) = ${quoteText(DURATIONS)}`,
  );
  const [names] = reader.getRows().flat();
  return names === undefined ? [] : (JSON.parse(String(names)) as string[]);
}
