import { basename, extname } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DatabaseError, TableExistsError } from '../errors.js';
import { quoteAlways, quoteName, quoteText } from '../sql/quote.js';
import type { LoadResult } from '../types.js';
import type { Cancel } from './cancel.js';
import { failureOf } from './failure.js';
import { readLines } from './loadLines.js';
import type { Calls } from './protocol.js';
import { columnsOf } from './results.js';

const SHOWN_REJECTS = 20;

type Rejects = Pick<LoadResult, 'rejected' | 'rejects'>;
const TEMPORARY = ['worldline_rejects', 'worldline_scans', 'worldline_lines'];

/** Makes a table of a file, or adds the file to one. What will not parse is left out, counted and reported. */
export async function loadFile(
  connection: DuckDBConnection,
  { file, table, mode = 'create' }: Calls['load']['params'],
  cancel: Cancel,
): Promise<LoadResult> {
  const started = performance.now();
  const name = table ?? tableNameFor(file);
  const exists = await tableExists(connection, name);
  if (exists && mode === 'create') throw new TableExistsError(quoteName(name));
  const target = quoteAlways(name);
  cancel.check();

  const into =
    exists && mode === 'append' ? `INSERT INTO ${target} BY NAME` : `CREATE OR REPLACE TABLE ${target} AS`;
  const { rows, rejected, rejects } = await read(connection, file, into);
  const described = await connection.run(`SELECT * FROM ${target} LIMIT 0`);
  return {
    table: quoteName(name),
    rows,
    columns: columnsOf(described.columnNames(), described.columnTypes()),
    rejected,
    rejects,
    milliseconds: performance.now() - started,
  };
}

type Read = Rejects & { readonly rows: number };

async function read(connection: DuckDBConnection, file: string, into: string): Promise<Read> {
  const path = quoteText(file);
  const format = formatOf(file);
  try {
    if (format === 'csv') return await inTransaction(connection, () => readCsv(connection, path, into));
    const from = format === 'parquet' ? `FROM read_parquet(${path})` : `FROM read_json(${path})`;
    return await inTransaction(connection, async () => ({
      rows: await run(connection, `${into} ${from}`),
      rejected: 0,
      rejects: [],
    }));
  } catch (error) {
    if (!failureOf(error).message.startsWith('Malformed JSON')) throw error;
    return await inTransaction(connection, () => readLines(connection, path, into, SHOWN_REJECTS, error));
  } finally {
    for (const name of TEMPORARY) await connection.run(`DROP TABLE IF EXISTS temp.${name}`);
  }
}

async function readCsv(connection: DuckDBConnection, path: string, into: string): Promise<Read> {
  const options = `store_rejects = true, rejects_table = 'worldline_rejects', rejects_scan = 'worldline_scans'`;
  const rows = await run(connection, `${into} FROM read_csv(${path}, ${options})`);
  const counted = await connection.runAndReadAll(
    'SELECT count(DISTINCT (scan_id, file_id, line)) FROM temp.worldline_rejects',
  );
  const shown = await connection.runAndReadAll(
    `SELECT line, column_name, error_message, csv_line FROM temp.worldline_rejects ORDER BY line LIMIT ${SHOWN_REJECTS}`,
  );
  return {
    rows,
    rejected: Number(counted.getRows()[0]?.[0] ?? 0),
    rejects: shown.getRows().map(([line, column, reason, text]) => ({
      line: line === null ? null : Number(line),
      column: column === null ? null : String(column),
      reason: String(reason).split('\n')[0] ?? '',
      text: String(text),
    })),
  };
}

/** Runs what makes or fills the table; gives the number of rows. */
async function run(connection: DuckDBConnection, sql: string): Promise<number> {
  const result = await connection.run(sql);
  return Number((await result.getRows())[0]?.[0] ?? 0);
}

async function inTransaction<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  await connection.run('BEGIN');
  let done = false;
  try {
    const result = await work();
    await connection.run('COMMIT');
    done = true;
    return result;
  } finally {
    if (!done) await connection.run('ROLLBACK');
  }
}

async function tableExists(connection: DuckDBConnection, name: string): Promise<boolean> {
  const reader = await connection.runAndReadAll(
    `SELECT count(*) FROM (
       SELECT table_name AS name, schema_name, database_name FROM duckdb_tables()
       UNION ALL SELECT view_name, schema_name, database_name FROM duckdb_views() WHERE NOT internal)
     WHERE lower(name) = lower($1) AND schema_name = current_schema() AND database_name = current_database()`,
    [name],
  );
  return Number(reader.getRows()[0]?.[0] ?? 0) > 0;
}

function formatOf(file: string): 'csv' | 'json' | 'parquet' {
  const name = file.toLowerCase().replace(/\.(gz|zst)$/, '');
  switch (extname(name)) {
    case '.parquet':
    case '.pq':
      return 'parquet';
    case '.json':
    case '.ndjson':
    case '.jsonl':
    case '.geojson':
      return 'json';
    case '.csv':
    case '.tsv':
    case '.tab':
    case '.txt':
    case '.psv':
    case '.dat':
      return 'csv';
    default:
      throw new DatabaseError(
        'LoadError',
        `${basename(file)} is of no kind that can be loaded. CSV, TSV, JSON, NDJSON and Parquet files can, by their extension.`,
        '',
        null,
      );
  }
}

/** `2024 Sales (final).csv.gz` → `sales_2024_final` would be guessing: it is `t_2024_sales_final`. */
export function tableNameFor(file: string): string {
  const name = basename(file)
    .replace(/(\.(gz|zst))?$/i, '')
    .replace(/\.[^.]*$/, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '');
  if (name === '') return 'data';
  return /^\p{N}/u.test(name) ? `t_${name}` : name;
}
