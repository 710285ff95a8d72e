import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResult } from '@duckdb/node-api';
import { GateError } from '../errors.js';
import { accessOf, beginsLikeWrite, type Access } from '../sql/gate.js';
import { StatementType } from '../sql/statementType.js';
import type { Piece } from '../sql/split.js';
import type { Author, StatementResult } from '../types.js';
import type { Cancel } from './cancel.js';
import { doneMessage } from './doneMessage.js';
import type { CallEvent } from './protocol.js';
import { columnsOf, rowsOf, type Results } from './results.js';

export interface RunContext {
  readonly connection: DuckDBConnection;
  readonly results: Results;
  readonly author: Author;
  /** Rows of the first page. */
  readonly limit: number;
  readonly cancel: Cancel;
  readonly emit: (event: CallEvent) => void;
  /** Resolves when writing is allowed. */
  readonly writable: () => Promise<void>;
}

/** Thrown by a read-only attempt at what DuckDB then parsed as writing. */
class WritesAfterAll extends Error {}

/**
 * Runs one statement of a cell. The model's reads run in a read-only transaction that is rolled back: it stops what
 * the settings let through. Errors come as the driver throws them, or as GateError.
 */
export async function runStatement(piece: Piece, context: RunContext): Promise<StatementResult> {
  if (context.author === 'user') return attempt(piece, context, null);
  if (beginsLikeWrite(piece)) return attempt(piece, context, 'write');
  try {
    return await readOnly(context.connection, () => attempt(piece, context, 'read'));
  } catch (error) {
    if (!(error instanceof WritesAfterAll)) throw error;
    return attempt(piece, context, 'write');
  }
}

/** Runs `work` in a read-only transaction that never commits. */
export async function readOnly<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  await connection.run('BEGIN TRANSACTION READ ONLY');
  try {
    return await work();
  } finally {
    await connection.run('ROLLBACK');
  }
}

/** `only` is what the model's statement has to turn out as; the user's may be either. */
async function attempt(piece: Piece, context: RunContext, only: Access | null): Promise<StatementResult> {
  const { connection, author, cancel } = context;
  const started = performance.now();
  cancel.check();
  const extracted = await connection.extractStatements(piece.sql);
  let last: StatementResult | null = null;
  for (let index = 0; index < extracted.count; index += 1) {
    cancel.check();
    const prepared = await extracted.prepare(index);
    try {
      const expanded = index < extracted.count - 1;
      const access = accessOf(prepared.statementType as number as StatementType, piece, author, expanded);
      if (only === 'read' && access === 'write') throw new WritesAfterAll();
      if (only === 'write' && access === 'read') {
        throw new GateError(
          'A statement that reads was found where one that writes was expected.',
          piece.sql,
        );
      }
      if (access === 'write') await context.writable();
      cancel.check();
      last = await execute(prepared, piece, context, started);
    } finally {
      prepared.destroySync();
    }
  }
  return last ?? { kind: 'done', message: 'Nothing to run', rowsChanged: null, milliseconds: 0 };
}

async function execute(
  prepared: DuckDBPreparedStatement,
  piece: Piece,
  context: RunContext,
  started: number,
): Promise<StatementResult> {
  const type = prepared.statementType as number as StatementType;
  if (type === StatementType.EXPLAIN) {
    const rows = await (await prepared.run()).getRows();
    const text = rows.map((row) => String(row[row.length - 1])).join('\n');
    return { kind: 'plan', text, milliseconds: performance.now() - started };
  }
  const streams =
    type === StatementType.SELECT || type === StatementType.EXECUTE || type === StatementType.CALL;
  const result = streams ? await prepared.stream() : await prepared.run();
  if (result.returnType === QUERY_RESULT) return rows(result, piece, context, started);
  const rowsChanged = result.returnType === CHANGED_ROWS ? result.rowsChanged : null;
  const message = doneMessage(type, piece, rowsChanged);
  return { kind: 'done', message, rowsChanged, milliseconds: performance.now() - started };
}

const CHANGED_ROWS = 1 as DuckDBResult['returnType'];
const QUERY_RESULT = 3 as DuckDBResult['returnType'];

/** Shows the first rows as soon as they are there; counts and spools the others. */
async function rows(
  result: DuckDBResult,
  piece: Piece,
  context: RunContext,
  started: number,
): Promise<StatementResult> {
  const { results, cancel, limit } = context;
  const types = result.columnTypes();
  const columns = columnsOf(result.columnNames(), types);
  const id = results.add(columns, types);
  const done = (rows: ReturnType<typeof rowsOf>, total: number): StatementResult => ({
    kind: 'rows',
    id,
    page: { columns, rows, offset: 0, total },
    sql: piece.sql,
    milliseconds: performance.now() - started,
  });

  const first = await result.fetchChunk();
  if (!first || first.rowCount === 0) {
    results.keep(id, null, 0);
    return done([], 0);
  }
  const shown = rowsOf(first, types, limit);
  let chunk = await result.fetchChunk();
  if (!chunk || chunk.rowCount === 0) {
    results.keep(id, first, first.rowCount);
    await results.trim();
    return done(shown, first.rowCount);
  }
  if (shown.length < limit) shown.push(...rowsOf(chunk, types, limit - shown.length));
  context.emit({ kind: 'page', page: { id, sql: piece.sql, columns, rows: shown } });

  const writer = await results.write(id);
  let total = first.rowCount;
  writer.append(first);
  try {
    while (chunk && chunk.rowCount > 0) {
      cancel.check();
      total += chunk.rowCount;
      writer.append(chunk);
      chunk = await result.fetchChunk();
    }
  } catch (error) {
    await results.forget(id);
    throw error;
  }
  await writer.end(total);
  await results.trim();
  return done(shown, total);
}
