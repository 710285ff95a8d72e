import type { Token } from './scan.js';

/** The file that a COPY writes: null where it writes none, `file: null` where its name is not plain text. */
export function copyTarget(tokens: readonly Token[]): { file: string | null } | null {
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'symbol' && token.text === '(') depth += 1;
    if (token.kind === 'symbol' && token.text === ')') depth -= 1;
    if (depth > 0 || token.kind !== 'word') continue;
    if (token.text === 'from' && tokens[index + 1]?.text !== 'database') return null;
    if (token.text !== 'to') continue;
    const target = tokens[index + 1];
    if (tokens[1]?.text === 'from' && tokens[2]?.text === 'database') return null;
    return { file: target?.kind === 'string' && endsThere(tokens[index + 2]) ? target.text : null };
  }
  return null;
}

function endsThere(next: Token | undefined): boolean {
  return next === undefined || next.kind === 'word' || next.text === '(';
}
