import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { scan } from '../sql/scan.js';
import { quoteAlways } from '../sql/quote.js';
import type { CellText, ColumnDescription, TableDescription } from '../types.js';
import type { Cancel } from './cancel.js';
import { columnsOf, rowsOf } from './results.js';
import { textOf } from './text.js';

/** Rows up to which, or distinct values up to which, these are counted one by one. */
const EXACT_ROWS = 300_000;
const EXACT_VALUES = 100_000;
/** A value that stands for more than this many rows on average is worth naming. */
const REPEATING = 1.5;
const TOP = 5;
const SAMPLE_ROWS = 5;

/** What a table holds, column by column. `table` is a name as one would write it in FROM, or the bare name. */
export async function describeTable(
  connection: DuckDBConnection,
  table: string,
  cancel: Cancel,
): Promise<TableDescription> {
  const from = tableReference(table);
  const sample = await connection.run(`SELECT * FROM ${from} LIMIT ${SAMPLE_ROWS}`);
  const types = sample.columnTypes();
  const columns = columnsOf(sample.columnNames(), types);
  const chunk = await sample.fetchChunk();
  const shown = chunk ? rowsOf(chunk, types, SAMPLE_ROWS) : [];
  cancel.check();
  const rows = Number((await single(connection, `SELECT count(*) FROM ${from}`)).values[0] ?? 0);
  const described: ColumnDescription[] = [];
  for (const column of columns) {
    cancel.check();
    described.push({
      name: column.name,
      type: column.type,
      kind: column.kind,
      ...(await describeColumn(connection, from, column.name, rows, column.kind === 'nested')),
    });
  }
  return {
    name: table,
    kind: (await isView(connection, table)) ? 'view' : 'table',
    rows,
    columns: described,
    sample: { columns, rows: shown, offset: 0, total: rows },
  };
}

async function describeColumn(
  connection: DuckDBConnection,
  from: string,
  name: string,
  rows: number,
  nested: boolean,
): Promise<Omit<ColumnDescription, 'name' | 'type' | 'kind'>> {
  const column = quoteAlways(name);
  if (nested) {
    const { values } = await single(connection, `SELECT count(*) - count(${column}) FROM ${from}`);
    return { nulls: Number(values[0] ?? 0), distinct: null, min: null, max: null, top: [] };
  }
  const { values, types } = await single(
    connection,
    `SELECT count(*) - count(${column}), approx_count_distinct(${column}), min(${column}), max(${column}) FROM ${from}`,
  );
  const text = (index: number): CellText => {
    const type = types[index];
    return type ? textOf(values[index] ?? null, type) : null;
  };
  const nulls = Number(values[0] ?? 0);
  const range = { nulls, min: text(2), max: text(3) };
  const estimate = Number(values[1] ?? 0);
  if (rows > EXACT_ROWS && estimate > EXACT_VALUES) {
    // An estimate is good to two digits.
    const distinct = Math.min(rows - nulls, Number(estimate.toPrecision(2)));
    return { ...range, distinct, approximate: true, top: [] };
  }
  const { distinct, top } = await countValues(connection, from, column);
  return { ...range, distinct, top: rows > distinct * REPEATING ? top : [] };
}

async function countValues(
  connection: DuckDBConnection,
  from: string,
  column: string,
): Promise<{ distinct: number; top: ColumnDescription['top'] }> {
  const reader = await connection.runAndReadAll(
    `SELECT v, n, count(v) OVER () FROM (SELECT ${column} AS v, count(*) AS n FROM ${from} GROUP BY 1) ORDER BY n DESC, v LIMIT ${TOP}`,
  );
  const type = reader.columnTypes()[0];
  const rows = reader.getRows();
  return {
    distinct: Number(rows[0]?.[2] ?? 0),
    top: rows.map(([value, count]) => ({
      value: type ? textOf(value ?? null, type) : null,
      count: Number(count),
    })),
  };
}

async function single(
  connection: DuckDBConnection,
  sql: string,
): Promise<{ values: readonly DuckDBValue[]; types: readonly DuckDBType[] }> {
  const reader = await connection.runAndReadAll(sql);
  return { values: reader.getRows()[0] ?? [], types: reader.columnTypes() };
}

async function isView(connection: DuckDBConnection, table: string): Promise<boolean> {
  const name = scan(table).at(-1)?.text ?? table;
  const reader = await connection.runAndReadAll(
    'SELECT count(*) FROM duckdb_views() WHERE lower(view_name) = lower($1)',
    [name],
  );
  return Number(reader.getRows()[0]?.[0] ?? 0) > 0;
}

/** A name (dotted and quoted as in SQL) or a file in quotes as it is; anything else is taken as one bare name. */
export function tableReference(table: string): string {
  const tokens = scan(table);
  const isPath = tokens.every((token, index) =>
    index % 2 === 0 ? token.kind === 'word' || token.kind === 'quoted' : token.text === '.',
  );
  const isFile = tokens.length === 1 && tokens[0]?.kind === 'string';
  if (isFile || (tokens.length % 2 === 1 && isPath))
    return tokens.length === 1 && !isFile && tokens[0]?.kind === 'word'
      ? quoteAlways(table.trim())
      : table.trim();
  return quoteAlways(table);
}
