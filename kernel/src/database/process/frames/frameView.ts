import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteAlways, quoteText } from '../../sql/quote.js';
import type { Frame } from '../protocol.js';

/** Parquet has no durations: whole microseconds are written, and their columns named in the file under this key. */
export const DURATIONS = 'worldline.durations';

/** Shows a file of Python's under the name of the data frame. */
export async function showFrame(work: DuckDBConnection, { name, file }: Frame): Promise<void> {
  const durations = (await durationsOf(work, file)).map(
    (column) => `to_microseconds(${quoteAlways(column)}) AS ${quoteAlways(column)}`,
  );
  const columns = durations.length === 0 ? '*' : `* REPLACE (${durations.join(', ')})`;
  const source = `read_parquet(${quoteText(file)})`;
  await work.run(`CREATE OR REPLACE TEMP VIEW ${quoteAlways(name)} AS SELECT ${columns} FROM ${source}`);
}

async function durationsOf(work: DuckDBConnection, file: string): Promise<string[]> {
  const reader = await work.runAndReadAll(
    `SELECT decode(value) FROM parquet_kv_metadata(${quoteText(file)}) WHERE decode(key) = ${quoteText(DURATIONS)}`,
  );
  const [names] = reader.getRows().flat();
  return names === undefined ? [] : (JSON.parse(String(names)) as string[]);
}
