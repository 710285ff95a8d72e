import {
  ResultReturnType,
  StatementType,
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBPreparedStatement,
  type DuckDBResult,
} from '@duckdb/node-api';
import { GateError } from '../../errors.js';
import { accessOf, beginsLikeWrite, type Access } from '../../sql/gate.js';
import { explained } from '../../sql/explained.js';
import type { Piece } from '../../sql/split.js';
import type { Author, StatementResult } from '../../types.js';
import type { Cancel } from '../cancel.js';
import { doneMessage } from './doneMessage.js';
import { bindParameters, runWith, type Parameters } from './parameters.js';
import type { CallEvent } from '../protocol.js';
import { columnsOf, rowsOf, type Results } from '../results/results.js';
import { readOnly, rollBack } from '../transaction.js';

export interface RunContext {
  readonly connection: DuckDBConnection;
  readonly results: Results;
  readonly author: Author;
  /** Rows of the first page. */
  readonly limit: number;
  readonly parameters: Parameters;
  readonly cancel: Cancel;
  readonly emit: (event: CallEvent) => void;
  /** Resolves when writing is allowed. */
  readonly writable: () => Promise<void>;
  /** Whether the user has begun a transaction in this cell. */
  readonly transaction: boolean;
}

/** Thrown by a read-only attempt at what DuckDB then parsed as writing. */
class WritesAfterAll extends Error {}

/** Thrown where rows ended because of an error: the driver ends a stream that failed like one that is complete. */
class StreamFailed extends Error {}

/**
 * Runs one statement of a cell. The model's reads run in a read-only transaction that is rolled back: it stops what
 * the settings let through. Errors come as the driver throws them, or as GateError.
 */
export async function runStatement(piece: Piece, context: RunContext): Promise<StatementResult> {
  try {
    if (context.author === 'user') return await attempt(piece, context, null);
    if (beginsLikeWrite(piece)) return await attempt(piece, context, 'write');
    return await readOnly(context.connection, context.cancel, () => attempt(piece, context, 'read'));
  } catch (error) {
    if (error instanceof WritesAfterAll) return attempt(piece, context, 'write');
    if (error instanceof StreamFailed) throw await causeOf(piece, context);
    throw error;
  }
}

/** Runs a query whose stream failed once more, without streaming, for the error that it fails with. */
async function causeOf(piece: Piece, context: RunContext): Promise<unknown> {
  const { connection, transaction, cancel, parameters } = context;
  cancel.check();
  try {
    if (!transaction) await readOnly(connection, cancel, () => runWith(connection, piece.sql, parameters));
  } catch (error) {
    return error;
  }
  return new Error('The statement failed while its rows were being read.');
}

/** `only` is what the model's statement has to turn out as; the user's may be either. */
async function attempt(piece: Piece, context: RunContext, only: Access | null): Promise<StatementResult> {
  const { connection, cancel } = context;
  const started = performance.now();
  cancel.check();
  const whole = only === null && !context.transaction ? await prepareWhole(connection, piece) : null;
  if (whole !== null) return runPrepared(whole, piece, context, started, null, false);
  const extracted = await connection.extractStatements(piece.sql);
  let last: StatementResult | null = null;
  let transaction = false;
  try {
    for (let index = 0; index < extracted.count; index += 1) {
      cancel.check();
      const prepared = await extracted.prepare(index);
      const own = extracted.count > 1 && prepared.statementType === StatementType.TRANSACTION;
      transaction ||= own;
      const result = await runPrepared(prepared, piece, context, started, only, index < extracted.count - 1);
      if (!own) last = result;
    }
  } catch (error) {
    // DuckDB put a transaction of its own around what it made of the statement; some errors end it, and others leave it.
    if (transaction) await rollBack(connection, cancel);
    throw error;
  }
  return last ?? { kind: 'done', message: 'Nothing to run', rowsChanged: null, milliseconds: 0 };
}

/** The statement, parsed and planned in one go; null where DuckDB makes several of it or finds an error, as parsing it tells. */
async function prepareWhole(
  connection: DuckDBConnection,
  piece: Piece,
): Promise<DuckDBPreparedStatement | null> {
  return connection.prepare(piece.sql).catch(() => null);
}

async function runPrepared(
  prepared: DuckDBPreparedStatement,
  piece: Piece,
  context: RunContext,
  started: number,
  only: Access | null,
  expanded: boolean,
): Promise<StatementResult> {
  try {
    const access = await accessOfPrepared(prepared, piece, context, expanded);
    if (only === 'read' && access === 'write') throw new WritesAfterAll();
    if (only === 'write' && access === 'read') {
      throw new GateError('A statement that reads was found where one that writes was expected.', piece.sql);
    }
    if (access === 'write') await context.writable();
    context.cancel.check();
    bindParameters(prepared, context.parameters);
    return await execute(prepared, piece, context, started);
  } finally {
    prepared.destroySync();
  }
}

/** EXPLAIN ANALYZE runs what it explains, a COPY even in a read-only transaction: that has to pass the gate as well. */
async function accessOfPrepared(
  prepared: DuckDBPreparedStatement,
  piece: Piece,
  context: RunContext,
  expanded: boolean,
): Promise<Access> {
  const inner = prepared.statementType === StatementType.EXPLAIN ? explained(piece) : null;
  if (inner === null) return accessOf(prepared.statementType, piece, context.author, expanded);
  const extracted = await context.connection.extractStatements(inner.sql);
  // Only PIVOT expands into several, of which the last cannot be prepared before the first has run.
  if (extracted.count > 1) return 'read';
  const last = await extracted.prepare(0);
  try {
    return accessOf(last.statementType, inner, context.author, false);
  } finally {
    last.destroySync();
  }
}

async function execute(
  prepared: DuckDBPreparedStatement,
  piece: Piece,
  context: RunContext,
  started: number,
): Promise<StatementResult> {
  const type = prepared.statementType;
  if (type === StatementType.EXPLAIN) {
    const rows = await (await prepared.run()).getRows();
    const text = rows.map((row) => String(row[row.length - 1])).join('\n');
    return { kind: 'plan', text, milliseconds: performance.now() - started };
  }
  if (type === StatementType.SELECT) return rows(await prepared.stream(), piece, context, started);
  // An interrupt would leave it open what came of a COMMIT.
  const result = await (type === StatementType.TRANSACTION
    ? context.cancel.spare(() => prepared.run())
    : prepared.run());
  const isStatus = result.columnCount === 1 && result.columnName(0) === 'Success';
  if (result.returnType === ResultReturnType.QUERY_RESULT && !isStatus)
    return rows(result, piece, context, started);
  const rowsChanged = await changedRows(result);
  const message = doneMessage(type, piece, rowsChanged);
  return { kind: 'done', message, rowsChanged, milliseconds: performance.now() - started };
}

/** How many rows a statement changed; CREATE TABLE … AS gives it as a row instead. */
async function changedRows(result: DuckDBResult): Promise<number | null> {
  if (result.returnType === ResultReturnType.CHANGED_ROWS) return result.rowsChanged;
  if (result.columnCount !== 1 || result.columnName(0) !== 'Count') return null;
  const count = (await result.fetchChunk())?.getRows()[0]?.[0];
  return count === undefined || count === null ? null : Number(count);
}

/** Shows the first rows as soon as they are there; counts and spools the others. */
async function rows(
  result: DuckDBResult,
  piece: Piece,
  context: RunContext,
  started: number,
): Promise<StatementResult> {
  const { results, cancel, limit } = context;
  // Each chunk is on its way while the one before is looked at.
  const fetching = result.fetchChunk();
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

  const first = await fetching;
  if (!first || first.rowCount === 0) {
    checkComplete(result);
    results.keep(id, null, 0);
    return done([], 0);
  }
  const following = result.fetchChunk();
  const shown = rowsOf(first, types, limit);
  let chunk = await following;
  if (!chunk || chunk.rowCount === 0) {
    checkComplete(result);
    results.keep(id, first, first.rowCount);
    await results.trim();
    return done(shown, first.rowCount);
  }
  const fill = (next: DuckDBDataChunk): void => {
    // The last one has no rows, and may have no columns.
    if (shown.length < limit && next.rowCount > 0) shown.push(...rowsOf(next, types, limit - shown.length));
  };
  fill(chunk);
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
      // There may be as little as a row in each.
      if (chunk) fill(chunk);
    }
    checkComplete(result);
  } catch (error) {
    await results.forget(id);
    throw error;
  }
  await writer.end(total);
  await results.trim();
  return done(shown, total);
}

/** A stream that failed ends like one that is complete; only the result's type tells. */
function checkComplete(result: DuckDBResult): void {
  if (result.returnType === ResultReturnType.INVALID) throw new StreamFailed();
}
