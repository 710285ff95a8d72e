import type { DuckDBConnection } from '@duckdb/node-api';
import { scan } from '../../sql/scan.js';
import { quoteAlways } from '../../sql/quote.js';
import type { CellText, Column, ColumnDescription, TableDescription } from '../../types.js';
import type { Cancel } from '../cancel.js';
import { columnsOf, rowsOf } from '../results/results.js';
import { textOf } from '../results/text.js';

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
  const chunks = await sample.fetchAllChunks();
  const shown = chunks.flatMap((chunk) => rowsOf(chunk, types, chunk.rowCount));
  cancel.check();
  const { rows, summaries } = await summarize(connection, from, columns);
  const described: ColumnDescription[] = [];
  for (const [at, { name, type, kind }] of columns.entries()) {
    cancel.check();
    const summary = summaries[at];
    if (summary)
      described.push({ name, type, kind, ...(await withValues(connection, from, name, rows, summary)) });
  }
  return {
    name: table,
    kind: (await isView(connection, table)) ? 'view' : 'table',
    rows,
    columns: described,
    sample: { columns, rows: shown, offset: 0, total: rows },
  };
}

interface Summary {
  readonly nulls: number;
  /** About how many distinct values there are; null for nested ones. */
  readonly estimate: number | null;
  readonly min: CellText;
  readonly max: CellText;
}

/** What one look at the rows tells of all columns. */
async function summarize(
  connection: DuckDBConnection,
  from: string,
  columns: readonly Column[],
): Promise<{ rows: number; summaries: readonly Summary[] }> {
  const aggregates = columns.flatMap(({ name, kind }) => {
    const column = quoteAlways(name);
    const nulls = `count(*) - count(${column})`;
    return kind === 'nested'
      ? [nulls, 'NULL', 'NULL', 'NULL']
      : [nulls, `approx_count_distinct(${column})`, `min(${column})`, `max(${column})`];
  });
  const reader = await connection.runAndReadAll(`SELECT count(*), ${aggregates.join(', ')} FROM ${from}`);
  const types = reader.columnTypes();
  const [rows, ...values] = reader.getRows()[0] ?? [];
  const text = (at: number): CellText => {
    const type = types[at + 1];
    return type ? textOf(values[at] ?? null, type) : null;
  };
  const summaries = columns.map((_, index): Summary => {
    const at = index * 4;
    const estimate = values[at + 1] ?? null;
    return {
      nulls: Number(values[at] ?? 0),
      estimate: estimate === null ? null : Number(estimate),
      min: text(at + 2),
      max: text(at + 3),
    };
  });
  return { rows: Number(rows ?? 0), summaries };
}

async function withValues(
  connection: DuckDBConnection,
  from: string,
  name: string,
  rows: number,
  { estimate, ...range }: Summary,
): Promise<Omit<ColumnDescription, 'name' | 'type' | 'kind'>> {
  if (estimate === null) return { ...range, distinct: null, top: [] };
  if (rows > EXACT_ROWS && estimate > EXACT_VALUES) {
    // An estimate is good to two digits.
    const distinct = Math.min(rows - range.nulls, Number(estimate.toPrecision(2)));
    return { ...range, distinct, approximate: true, top: [] };
  }
  const { distinct, top } = await countValues(connection, from, quoteAlways(name));
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
