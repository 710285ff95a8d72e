import { isAbsolute, resolve } from 'node:path';
import { existsSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { GateError, InterruptedError } from '../errors.js';
import { inside } from '../paths/grants.js';
import { checkWords } from '../sql/gate.js';
import { split, type Piece } from '../sql/split.js';
import type { StatementResult } from '../types.js';
import type { Cancel } from './cancel.js';
import { databaseError, failureOf } from './failure.js';
import type { OpenFile } from './openFile.js';
import { watchProgress } from './progress.js';
import type { CallEvent, Calls } from './protocol.js';
import { runStatement } from './statements.js';

const GRANT_ATTEMPTS = 5;

/** Runs a cell's statements one after the other; a syntax error in any of them stops the cell before the first. */
export async function runCell(
  file: OpenFile,
  { sql, author, limit }: Calls['query']['params'],
  cancel: Cancel,
  emit: (event: CallEvent) => void,
  writable: () => Promise<void>,
): Promise<StatementResult[]> {
  const pieces = split(sql);
  for (const piece of pieces) checkWords(piece, author, (target) => mayWrite(file, target));
  if (pieces.length > 1) await checkSyntax(file, sql, pieces);
  const results: StatementResult[] = [];
  for (const piece of pieces) {
    const run = async (): Promise<StatementResult> => {
      cancel.use(file.work);
      const stop = watchProgress(file.work, (fraction) => {
        emit({ kind: 'progress', fraction });
      });
      try {
        return await runStatement(piece, {
          connection: file.work,
          results: file.results,
          author,
          limit,
          cancel,
          emit,
          writable,
        });
      } finally {
        stop();
      }
    };
    const result = await placed(sql, piece, cancel, () => withGrants(file, piece, run));
    results.push(result);
    emit({ kind: 'result', result });
  }
  if (pieces.some(changesTransaction)) await endTransaction(file, pieces);
  return results;
}

/** Runs a statement after allowing the files that it names, and again where DuckDB then says that one more is needed. */
export async function withGrants<T>(file: OpenFile, piece: Piece, run: () => Promise<T>): Promise<T> {
  const names = piece.tokens.flatMap((token) =>
    token.kind === 'string' || token.kind === 'quoted' ? token.text : [],
  );
  if (names.length > 0 && !(await inTransaction(file, piece))) await file.allow(names);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      const { type, message } = failureOf(error);
      const path = /^Cannot access (?:file|directory) "(.*)" - /.exec(message)?.[1];
      if (type !== 'Permission' || path === undefined || attempt === GRANT_ATTEMPTS) throw error;
      if (!(await file.allow([path]))) throw error;
    }
  }
}

/** Opening again would end a transaction that the user began. */
function inTransaction(_file: OpenFile, _piece: Piece): Promise<boolean> {
  return Promise.resolve(false);
}

/** Gives an error of the driver its type and its place in the cell. */
export async function placed<T>(
  cell: string,
  piece: Piece,
  cancel: Cancel,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof GateError) throw error;
    if (cancel.cancelled) throw new InterruptedError();
    throw databaseError(error, cell, piece);
  }
}

async function checkSyntax(file: OpenFile, sql: string, pieces: readonly Piece[]): Promise<void> {
  for (const piece of pieces) {
    if (piece.tokens[0]?.text === 'import') continue;
    try {
      await file.work.extractStatements(piece.sql);
    } catch (error) {
      if (failureOf(error).type === 'Parser') throw databaseError(error, sql, piece);
    }
  }
}

function changesTransaction(piece: Piece): boolean {
  return ['begin', 'start', 'commit', 'end', 'rollback', 'abort'].includes(piece.tokens[0]?.text ?? '');
}

/** A checkpoint stands between two cells, so no transaction may. */
async function endTransaction(file: OpenFile, pieces: readonly Piece[]): Promise<void> {
  try {
    await file.work.run('BEGIN');
    await file.work.run('ROLLBACK');
  } catch {
    await file.work.run('ROLLBACK');
    throw new GateError(
      'The cell ended inside a transaction, which was rolled back: a cell is undone or kept as a whole. End it with COMMIT.',
      pieces[0]?.sql ?? '',
    );
  }
}

/** Whether the user's COPY may write there: into the workspace, links resolved. */
function mayWrite(file: OpenFile, target: string): boolean {
  const { workspace } = file.state;
  const path = isAbsolute(target) ? target : resolve(workspace, target);
  let folder = dirname(path);
  while (!existsSync(folder)) folder = dirname(folder);
  const real = existsSync(path) ? realpathSync(path) : realpathSync(folder);
  return inside(realpathSync(workspace), real);
}
