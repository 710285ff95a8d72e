import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StatementType, type DuckDBConnection, type DuckDBType } from '@duckdb/node-api';
import { GateError } from '../../errors.js';
import { quoteAlways, quoteText } from '../../sql/quote.js';
import { namesIn } from '../../sql/parameters.js';
import { split, type Piece } from '../../sql/split.js';
import type { Cancel } from '../cancel.js';
import { failureOf } from '../failure.js';
import { bindParameters, runWith, type Parameters } from '../run/parameters.js';
import { exported, FIRST_FORM, goesAsDuration, nextForm, type ExportForm } from './exportTypes.js';
import { DURATIONS } from './frameView.js';

/** Where the rows of a query wait whose columns have types only once its values are there. */
const HELD = 'worldline_held';

/**
 * Writes the rows of one query as uncompressed Parquet: the quickest to write and to read again. Types that Parquet
 * lacks are written so that their values stay exact. Gives the number of rows.
 */
export async function writeParquet(
  connection: DuckDBConnection,
  piece: Piece,
  file: string,
  parameters: Parameters,
  cancel: Cancel,
): Promise<number> {
  if (parameters.size === 0 || namesIn(piece).length === 0) return write(connection, piece, file, cancel);
  await checkQuery(connection, piece, parameters);
  await runWith(connection, `CREATE OR REPLACE TEMP TABLE ${HELD} AS\n${piece.sql}`, parameters);
  try {
    const [held = piece] = split(`FROM temp.${HELD}`);
    return await write(connection, held, file, cancel);
  } finally {
    await cancel.spare(() => connection.run(`DROP TABLE temp.${HELD}`));
  }
}

/** Finds what is wrong with a query where it stands. */
async function checkQuery(connection: DuckDBConnection, piece: Piece, parameters: Parameters): Promise<void> {
  const prepared = await connection.prepare(piece.sql);
  try {
    if (prepared.statementType !== StatementType.SELECT) throw noQuery(piece);
    bindParameters(prepared, parameters);
  } finally {
    prepared.destroySync();
  }
}

async function write(
  connection: DuckDBConnection,
  piece: Piece,
  file: string,
  cancel: Cancel,
): Promise<number> {
  const columns = await queryColumns(connection, piece);
  await mkdir(dirname(file), { recursive: true });
  const types = columns.map(({ type }) => type);
  let form = FIRST_FORM;
  for (;;) {
    cancel.check();
    try {
      return await copy(connection, piece, columns, form, file);
    } catch (error) {
      const next = nextForm(form, failureOf(error), types);
      if (next === null) throw error;
      form = next;
    }
  }
}

interface ExportColumn {
  readonly name: string;
  readonly type: DuckDBType;
}

async function queryColumns(connection: DuckDBConnection, piece: Piece): Promise<ExportColumn[]> {
  // Parsing it would read its scripts, and all but their last statement would run.
  if (piece.tokens[0]?.text === 'import') throw noQuery(piece);
  const extracted = await connection.extractStatements(piece.sql);
  for (let index = 0; index < extracted.count; index += 1) {
    const prepared = await extracted.prepare(index);
    try {
      if (index < extracted.count - 1) await prepared.run();
      else if (prepared.statementType !== StatementType.SELECT) throw noQuery(piece);
      else {
        return Array.from({ length: prepared.columnCount }, (_, column) => ({
          name: prepared.columnName(column),
          type: prepared.columnType(column),
        }));
      }
    } finally {
      prepared.destroySync();
    }
  }
  return [];
}

function noQuery(piece: Piece): GateError {
  return new GateError(
    'Only a query gives rows for Python. Run other statements in a %%sql cell.',
    piece.sql,
  );
}

async function copy(
  connection: DuckDBConnection,
  piece: Piece,
  columns: readonly ExportColumn[],
  form: ExportForm,
  file: string,
): Promise<number> {
  const names = uniqueNames(columns.map(({ name }) => name));
  const values = columns.map(({ type }, index) => exported(`c${index}`, type, form));
  const plain =
    values.every((value) => value === null) && names.every((name, index) => name === columns[index]?.name);
  const first = piece.tokens[0]?.text ?? '';
  const wrapped = !plain || ['describe', 'desc', 'summarize', 'show', 'pragma'].includes(first);
  const query = wrapped ? wrap(piece, names, values) : piece.sql;
  const durations = names.filter((_, index) => {
    const column = columns[index];
    return column !== undefined && goesAsDuration(column.type, form);
  });
  const metadata =
    durations.length === 0
      ? ''
      : `, KV_METADATA {${quoteText(DURATIONS)}: ${quoteText(JSON.stringify(durations))}}`;
  const target = `${quoteText(file)} (FORMAT parquet, COMPRESSION uncompressed, ROW_GROUP_SIZE 122880${metadata})`;
  const extracted = await connection.extractStatements(`COPY (\n${query}\n) TO ${target}`);
  let rows = 0;
  for (let index = 0; index < extracted.count; index += 1) {
    const prepared = await extracted.prepare(index);
    try {
      rows = (await prepared.run()).rowsChanged;
    } finally {
      prepared.destroySync();
    }
  }
  return rows;
}

/** The query with its columns as they are written, and named; by position, because names may occur twice. */
function wrap(piece: Piece, names: readonly string[], values: readonly (string | null)[]): string {
  const positions = names.map((_, index) => `c${index}`);
  const columns = names.map((name, index) => `${values[index] ?? `c${index}`} AS ${quoteAlways(name)}`);
  return `SELECT ${columns.join(', ')} FROM (\n${piece.sql}\n) AS q(${positions.join(', ')})`;
}

/** A data frame's columns are told apart by name, letter case aside in Parquet's readers. */
function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let count = 1; taken.has(unique.toLowerCase()); count += 1) unique = `${name}_${count}`;
    taken.add(unique.toLowerCase());
    return unique;
  });
}
