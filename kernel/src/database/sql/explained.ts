import type { Piece } from './split.js';

const OPTIONS = new Set(['format', 'analyze', 'analyse', 'verbose']);

/** The statement that an EXPLAIN explains; null where there is none. */
export function explained(piece: Piece): Piece | null {
  const { tokens } = piece;
  if (tokens[0]?.text !== 'explain') return null;
  let at = 1;
  while (['analyze', 'analyse', 'verbose'].includes(tokens[at]?.text ?? '')) at += 1;
  if (tokens[at]?.text === '(' && OPTIONS.has(tokens[at + 1]?.text ?? '')) {
    while (at < tokens.length && tokens[at]?.text !== ')') at += 1;
    at += 1;
  }
  const first = tokens[at];
  if (!first) return null;
  return { sql: piece.sql.slice(first.start - piece.start), start: first.start, tokens: tokens.slice(at) };
}
