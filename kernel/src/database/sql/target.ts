import { explained } from './explained.js';
import type { Token } from './scan.js';
import type { Piece } from './split.js';

/** Where a statement writes: `token` is null where the name is not plain text. */
export interface Target {
  readonly token: Token | null;
}

/** What a COPY … TO or an EXPORT writes, also within EXPLAIN; null for a statement that writes no file. */
export function targetOf(piece: Piece): Target | null {
  const { tokens } = explained(piece) ?? piece;
  if (tokens[0]?.text === 'copy') return copyTarget(tokens);
  if (tokens[0]?.text === 'export') return { token: tokens.find((token) => token.kind === 'string') ?? null };
  return null;
}

function copyTarget(tokens: readonly Token[]): Target | null {
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'symbol' && token.text === '(') depth += 1;
    if (token.kind === 'symbol' && token.text === ')') depth -= 1;
    if (depth > 0 || token.kind !== 'word') continue;
    if (token.text === 'from' && tokens[index + 1]?.text !== 'database') return null;
    if (token.text !== 'to') continue;
    const target = tokens[index + 1];
    if (tokens[1]?.text === 'from' && tokens[2]?.text === 'database') return null;
    return { token: target?.kind === 'string' && endsThere(tokens[index + 2]) ? target : null };
  }
  return null;
}

function endsThere(next: Token | undefined): boolean {
  return next === undefined || next.kind === 'word' || next.text === '(';
}
