import { StatementType } from '@duckdb/node-api';
import { plural } from '../../../counts.js';
import type { Piece } from '../../sql/split.js';
import { targetOf } from '../../sql/target.js';

const KINDS = new Set(['table', 'view', 'schema', 'index', 'sequence', 'macro', 'function', 'type']);
const BEFORE_NAME = new Set([
  'if',
  'not',
  'exists',
  'into',
  'from',
  'or',
  'replace',
  'only',
  'table',
  'ignore',
  'prepare',
]);

/** What a statement did that gives no rows: `Table weather made, 1,461 rows`. */
export function doneMessage(type: StatementType, piece: Piece, rowsChanged: number | null): string {
  const rows = rowsChanged === null ? '' : plural(rowsChanged, 'row');
  const message = MESSAGES[type] ?? BY_WORD[piece.tokens[0]?.text ?? ''];
  return message ? message(piece, rows) : 'Done';
}

/** For what DuckDB gives one type for several statements. */
const BY_WORD: Readonly<Record<string, (piece: Piece) => string>> = {
  use: (piece) => `Using ${nameAfter(piece, 'use')}`,
  set: (piece) => `Variable ${nameAfter(piece, 'variable')} set`,
  reset: (piece) => `Variable ${nameAfter(piece, 'variable')} reset`,
  prepare: (piece) => `${nameAfter(piece, 'prepare')} prepared`,
  vacuum: () => 'Vacuumed',
  analyze: () => 'Analyzed',
  begin: () => 'Transaction begun',
  start: () => 'Transaction begun',
  commit: () => 'Transaction committed',
  end: () => 'Transaction committed',
  rollback: () => 'Transaction rolled back',
  abort: () => 'Transaction rolled back',
  checkpoint: () => 'Checkpoint written',
  force: () => 'Checkpoint written',
};

const MESSAGES: Partial<Record<StatementType, (piece: Piece, rows: string) => string>> = {
  [StatementType.INSERT]: (piece, rows) => `${rows} inserted into ${nameAfter(piece, 'into')}`,
  [StatementType.UPDATE]: (piece, rows) => `${rows} updated in ${nameAfter(piece, 'update')}`,
  [StatementType.DELETE]: (piece, rows) =>
    `${rows} deleted from ${nameAfter(piece, piece.tokens[0]?.text === 'truncate' ? 'truncate' : 'from')}`,
  [StatementType.MERGE_INTO]: (piece, rows) => `${rows} merged into ${nameAfter(piece, 'into')}`,
  [StatementType.CREATE]: (piece, rows) => `${object(piece)} made${rows === '' ? '' : `, ${rows}`}`,
  [StatementType.DROP]: (piece) =>
    piece.tokens[0]?.text === 'deallocate'
      ? `${nameAfter(piece, 'deallocate')} deallocated`
      : `${object(piece)} dropped`,
  [StatementType.ALTER]: (piece) => `${object(piece)} altered`,
  [StatementType.COPY]: (_, rows) => `${rows} copied`,
  [StatementType.EXPORT]: (piece) => `Exported to ${targetOf(piece)?.token?.text ?? 'a folder'}`,
};

function object(piece: Piece): string {
  const kind = piece.tokens.find((token) => token.kind === 'word' && KINDS.has(token.text));
  if (!kind) return (piece.tokens[0]?.text ?? '').toUpperCase();
  return `${kind.text.charAt(0).toUpperCase()}${kind.text.slice(1)} ${nameAfter(piece, kind.text)}`;
}

/** The name as written, schema and quotes included, that follows a word. */
function nameAfter(piece: Piece, word: string): string {
  const { tokens } = piece;
  let at = tokens.findIndex((token) => token.kind === 'word' && token.text === word) + 1;
  while (tokens[at]?.kind === 'word' && BEFORE_NAME.has(tokens[at]?.text ?? '')) at += 1;
  const start = tokens[at];
  if (!start) return '';
  while (tokens[at + 1]?.text === '.' && tokens[at + 2]) at += 2;
  return piece.sql.slice(start.start - piece.start, (tokens[at] ?? start).end - piece.start);
}
