import { basename, extname } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { TableExistsError } from '../../errors.js';
import { filesWith, isOfJson } from '../../csvOptions.js';
import { quoteAlways, quoteName, quoteText } from '../../sql/quote.js';
import type { CsvOptions, LoadResult } from '../../types.js';
import type { Cancel } from '../cancel.js';
import { tableNameFor } from '../../tableName.js';
import { isEmpty, readBeginning } from './beginning.js';
import { loadCsv } from './loadCsv.js';
import { loadJson } from './loadJson.js';
import { run, type Into } from './loadInto.js';
import { loadError, loadFailure, type Format } from './loadFailure.js';
import type { Calls } from '../protocol.js';
import { columnsOf } from '../results/results.js';
import { inTransaction } from '../transaction.js';

type Rejects = Pick<LoadResult, 'rejected' | 'rejects'>;
const TEMPORARY = ['worldline_rejects', 'worldline_scans', 'worldline_lines'];

/** Makes a table of a file, or adds the file to one. What will not parse is left out, counted and reported. */
export async function loadFile(
  connection: DuckDBConnection,
  { file, table, mode = 'create', ...asked }: Calls['load']['params'],
  cancel: Cancel,
): Promise<LoadResult> {
  const started = performance.now();
  const name = table ?? tableNameFor(file);
  const exists = await tableExists(connection, name);
  if (exists && mode === 'create') throw new TableExistsError(quoteName(name));
  const target = quoteAlways(name);
  cancel.check();

  const append = exists && mode === 'append';
  const sql = append ? `INSERT INTO ${target} BY NAME` : `CREATE OR REPLACE TABLE ${target} AS`;
  const { rows, ...rest } = await read(connection, file, { sql, target, append }, asked, cancel);
  const described = await connection.run(`SELECT * FROM ${target} LIMIT 0`);
  return {
    table: quoteName(name),
    rows,
    columns: columnsOf(described.columnNames(), described.columnTypes()),
    ...rest,
    milliseconds: performance.now() - started,
  };
}

type Read = Rejects & Pick<LoadResult, 'note'> & { readonly rows: number };

async function read(
  connection: DuckDBConnection,
  file: string,
  into: Into,
  asked: CsvOptions,
  cancel: Cancel,
): Promise<Read> {
  const format = formatOf(file);
  const option = Object.keys(asked).find((name) => format === 'parquet' || !isOfJson(name));
  if (format !== 'csv' && option !== undefined)
    throw loadError(
      `--${option} is for ${filesWith(option)}: ${basename(file)} says itself what its values are.`,
    );
  const found = await readBeginning(file);
  if (found !== null && isEmpty(found)) throw loadError(`${basename(file)} is empty.`);
  const beginning = found ?? Buffer.alloc(0);
  try {
    if (format === 'csv') return await loadCsv(connection, file, into, asked, beginning, cancel);
    if (format === 'json') return await loadJson(connection, file, into, asked, beginning, cancel);
    const rows = await inTransaction(connection, cancel, () =>
      run(connection, `${into.sql} FROM read_parquet(${quoteText(file)})`),
    );
    return { rows, rejected: 0, rejects: [] };
  } catch (error) {
    throw loadFailure(error, file, format, into.target);
  } finally {
    await cancel.spare(async () => {
      for (const name of TEMPORARY) await connection.run(`DROP TABLE IF EXISTS temp.${name}`);
    });
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

function formatOf(file: string): Format {
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
      throw loadError(
        `${basename(file)} is of no kind that can be loaded. CSV, TSV, JSON, NDJSON, Parquet and Excel files can, by their extension; ` +
          `what is in another is read by CREATE TABLE t AS FROM read_csv('${basename(file)}').`,
      );
  }
}
