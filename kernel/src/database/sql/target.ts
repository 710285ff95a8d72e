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
  const isWord = (at: number, text: string): boolean =>
    tokens[at]?.kind === 'word' && tokens[at].text === text;
  if (isWord(1, 'from') && isWord(2, 'database')) return null;
  const at = afterSource(tokens);
  if (isWord(at, 'from')) return null;
  const target = isWord(at, 'to') ? tokens[at + 1] : undefined;
  return { token: target?.kind === 'string' && endsThere(tokens[at + 2]) ? target : null };
}

/** What follows the query, or the table with the list of its columns. In a name, `from` and `to` are words like others. */
function afterSource(tokens: readonly Token[]): number {
  if (tokens[1]?.text === '(') return afterParentheses(tokens, 1);
  let at = 2;
  while (tokens[at]?.kind === 'symbol' && tokens[at]?.text === '.') at += 2;
  return tokens[at]?.text === '(' ? afterParentheses(tokens, at) : at;
}

function afterParentheses(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    const { kind, text } = tokens[at] ?? {};
    if (kind === 'symbol' && text === '(') depth += 1;
    if (kind === 'symbol' && text === ')') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return tokens.length;
}

function endsThere(next: Token | undefined): boolean {
  return next === undefined || next.kind === 'word' || next.text === '(';
}
