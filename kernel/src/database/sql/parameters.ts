import { split, type Piece } from './split.js';

/** The names of the values that SQL asks for (`$name`), as they are written, each once. */
export function parameterNames(sql: string): string[] {
  if (!sql.includes('$')) return [];
  return [...new Set(split(sql).flatMap(namesIn))];
}

/** Those of one statement. What PREPARE keeps for later gets its values from EXECUTE. */
export function namesIn({ tokens, sql, start }: Piece): string[] {
  if (tokens[0]?.text === 'prepare') return [];
  return tokens.flatMap((token, index) => {
    const next = tokens[index + 1];
    const isName = token.text === '$' && next?.kind === 'word' && next.start === token.end;
    return isName ? [sql.slice(next.start - start, next.end - start)] : [];
  });
}
