import { resolve } from 'node:path';
import { GateError, InterruptedError } from '../../errors.js';
import { namesOfFiles } from '../../sql/fileNames.js';
import { checkWords } from '../../sql/gate.js';
import { hasFolders } from '../../paths/grants.js';
import { split, type Piece } from '../../sql/split.js';
import type { Author, Exported, Readable, StatementResult } from '../../types.js';
import type { Cancel } from '../cancel.js';
import { dateNotes } from '../load/dateNotes.js';
import { databaseError, failureOf } from '../failure.js';
import { importFolder } from './importFolder.js';
import { mayWrite } from './mayWrite.js';
import { readParameters } from './parameters.js';
import type { OpenFile } from '../open/openFile.js';
import { identityOf } from '../open/openOnce.js';
import { watchProgress } from '../progress.js';
import type { CallEvent, Calls } from '../protocol.js';
import { checkRegular } from './regularFiles.js';
import { runStatement } from './statements.js';
import { rollBack } from '../transaction.js';
import { writeParquet } from '../frames/toParquet.js';
import { withoutHidden } from './withoutHidden.js';
import { writeOut } from './writeOut.js';

const GRANT_ATTEMPTS = 5;
/** Files looked at ahead of a statement; others are when DuckDB asks for them. */
const NAMED_FILES = 100;
/** Kinds of error of a statement that names what is not there. */
const NO_SUCH = new Set(['Catalog', 'Binder']);
const BEGINS = new Set(['begin', 'start']);
const ENDS = new Set(['commit', 'end', 'rollback', 'abort']);

export interface CellContext {
  readonly file: OpenFile;
  readonly cancel: Cancel;
  readonly emit: (event: CallEvent) => void;
  /** Resolves when writing is allowed. */
  readonly writable: () => Promise<void>;
}

/**
 * Runs a cell's statements one after the other; a syntax error in any of them stops the cell before the first. What a
 * statement gave is told at once, the last one's is given.
 */
export async function runCell(
  context: CellContext,
  { sql, author, limit, parameters: given }: Calls['query']['params'],
  byCode = false,
): Promise<StatementResult | null> {
  const { file, emit } = context;
  const pieces = split(sql);
  const check = (piece: Piece): void => {
    checkWords(piece, author, (target) => mayWrite(file.state.workspace, target), byCode);
  };
  pieces.forEach(check);
  if (pieces.length > 1) await checkSyntax(file, sql, pieces);
  const parameters = await readParameters(file.work, given);
  let last: StatementResult | null = null;
  let transaction = false;
  let begun = false;
  const run = (piece: Piece): Promise<StatementResult> =>
    writeOut(file.state.workspace, piece, (safe) =>
      runStatement(safe, {
        connection: file.work,
        results: file.results,
        author,
        limit,
        parameters,
        cancel: context.cancel,
        emit,
        writable: context.writable,
        transaction,
      }),
    );
  try {
    for (const piece of pieces) {
      if (last !== null) emit({ kind: 'result', result: last });
      // Links may have appeared in the workspace while the statements before ran.
      if (pieces.length > 1) check(piece);
      const first = piece.tokens[0]?.text ?? '';
      begun ||= BEGINS.has(first);
      last = await runPiece(context, sql, piece, transaction, (meant) =>
        first === 'import' ? importFolder(file.work, meant, run) : run(meant),
      );
      // A look that fails would end the user's transaction.
      if (!transaction) last = await withNotes(context, piece, last, author);
      transaction = BEGINS.has(first) || (transaction && !ENDS.has(first));
    }
  } finally {
    if (begun) await rollBack(file.work, context.cancel);
  }
  if (transaction) {
    if (last !== null) emit({ kind: 'result', result: last });
    throw new GateError(
      'The cell ended inside a transaction, which was rolled back: a cell is kept or undone as a whole. End it with COMMIT.',
      pieces[0]?.sql ?? '',
    );
  }
  return last;
}

async function withNotes(
  { file, cancel }: CellContext,
  piece: Piece,
  result: StatementResult,
  author: Author,
): Promise<StatementResult> {
  if (result.kind === 'plan') return result;
  const told = author === 'user' ? file.absent.takeNotes() : [];
  const notes = [...told, ...(await dateNotes(file.work, piece, cancel))];
  return notes.length === 0 ? result : { ...result, note: notes.join('\n') };
}

/** Runs all statements of a cell, and writes the rows of the last one as Parquet. */
export async function exportCell(
  context: CellContext,
  { sql, file: target, author, byCode, parameters: given }: Calls['toParquet']['params'],
): Promise<Exported> {
  const { file, cancel } = context;
  const pieces = split(sql);
  const last = pieces.at(-1);
  if (!last) throw new GateError('There is no query to take rows from.', sql);
  checkWords(last, author, (path) => mayWrite(file.state.workspace, path), byCode);
  const before = sql.slice(0, last.start);
  if (pieces.length > 1) await runCell(context, { sql: before, author, limit: 0, parameters: given }, byCode);
  const parameters = await readParameters(file.work, given);
  const rows = await runPiece(context, sql, last, false, (meant) =>
    writeParquet(file.work, meant, target, parameters, cancel),
  );
  const notes =
    author === 'user' ? [...file.absent.takeNotes(), ...(await dateNotes(file.work, last, cancel))] : [];
  return notes.length === 0 ? { rows } : { rows, note: notes.join('\n') };
}

/** Runs a statement with progress, as `withGrants` does; gives an error its type and its place. */
async function runPiece<T>(
  { file, cancel, emit }: CellContext,
  cell: string,
  piece: Piece,
  transaction: boolean,
  run: (meant: Piece) => Promise<T>,
): Promise<T> {
  const watched = async (meant: Piece): Promise<T> => {
    cancel.use(file.work);
    const stop = watchProgress(file.work, (fraction) => {
      emit({ kind: 'progress', fraction });
    });
    try {
      return await run(meant);
    } finally {
      stop();
    }
  };
  try {
    return await withGrants(file, piece, watched, transaction);
  } catch (error) {
    if (error instanceof GateError) throw error;
    if (cancel.cancelled) throw new InterruptedError();
    throw databaseError(error, cell, piece);
  }
}

/**
 * Runs a statement after allowing the files that it names, and again where DuckDB then asks for one more; hidden ones are
 * left out of its patterns. Within the user's transaction none is allowed: opening again, as that needs, would end it.
 */
export async function withGrants<T>(
  file: OpenFile,
  piece: Piece,
  run: (meant: Piece) => Promise<T>,
  transaction = false,
): Promise<T> {
  const other = withoutHidden(piece, (pattern) => file.withoutHidden(pattern));
  if (other === null) return withGrantsFor(file, piece, run, transaction);
  // What the statement itself names is allowed as well: the files that its patterns find.
  if (!transaction) await file.allow(namesOfFiles(piece.tokens).slice(0, NAMED_FILES));
  try {
    return await withGrantsFor(file, other.piece, run, transaction);
  } catch (error) {
    throw other.asWritten(error);
  }
}

async function withGrantsFor<T>(
  file: OpenFile,
  piece: Piece,
  run: (meant: Piece) => Promise<T>,
  transaction: boolean,
): Promise<T> {
  const names = namesOfFiles(piece.tokens).slice(0, NAMED_FILES);
  names.forEach((name) => {
    checkPattern(name, file.state.readable, piece);
  });
  checkRegular(names, piece.sql);
  names.forEach((name) => {
    checkOther(name, file.state.file, piece);
  });
  if (transaction) return run(piece);
  if (names.length > 0) await file.allow(names);
  await file.bringBack(piece.tokens);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run(piece);
    } catch (error) {
      const { type, message } = failureOf(error);
      const absent = NO_SUCH.has(type) ? file.absent.among(piece.tokens) : [];
      if (absent.length > 0) throw file.absent.error(absent);
      const path = /^Cannot access (?:file|directory) "(.*)" - /.exec(message)?.[1];
      if (type !== 'Permission' || path === undefined || attempt === GRANT_ATTEMPTS) throw error;
      if (!(await file.allow([path]))) throw error;
    }
  }
}

/** DuckDB does not look through links for `**`: what begins with it would miss the folders beside the notebook. */
function checkPattern(name: string, { folders }: Readable, piece: Piece): void {
  const rest = /^(?:\.\/)*\*\*\/(.*)$/.exec(name)?.[1];
  const folder = rest === undefined ? undefined : folders.find(hasFolders);
  if (folder === undefined) return;
  throw new GateError(
    `'${name}' would not look into the folders beside the notebook. Name where to look: '${folder}/**/${rest ?? ''}'`,
    piece.sql,
  );
}

/** DuckDB always reads its own file, also by way of a link; closing it after that would give up the lock on it. */
function checkOther(name: string, own: string, piece: Piece): void {
  const path = resolve(name);
  const found = identityOf(path);
  const isOwn = found !== null && [own, `${own}.wal`].some((file) => identityOf(file) === found);
  if (path !== own && !path.startsWith(`${own}.`) && !isOwn) return;
  throw new GateError(
    `'${name}' is a file of this database itself, and is not read. Its tables go by their names.`,
    piece.sql,
  );
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
