import type { Piece } from './split.js';

/** The statement that a PREPARE keeps for later; null where there is none. */
export function prepared(piece: Piece): Piece | null {
  const { tokens } = piece;
  if (tokens[0]?.text !== 'prepare') return null;
  const first = tokens[tokens.findIndex(({ kind, text }) => kind === 'word' && text === 'as') + 1];
  if (!first || first === tokens[0]) return null;
  return {
    sql: piece.sql.slice(first.start - piece.start),
    start: first.start,
    tokens: tokens.slice(tokens.indexOf(first)),
  };
}
