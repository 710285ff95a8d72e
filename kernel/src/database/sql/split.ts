import { scan, withPlainSpaces, type Token } from './scan.js';

/** One statement of a cell: its text from its first to its last token, and where that begins. */
export interface Piece {
  readonly sql: string;
  /** UTF-16 offset in the cell. */
  readonly start: number;
  readonly tokens: readonly Token[];
}

/** A cell's statements, in order; empty ones and comments between them are left out. */
export function split(cell: string): Piece[] {
  const all = scan(cell);
  const sql = withPlainSpaces(cell, all);
  const pieces: Piece[] = [];
  let tokens: Token[] = [];
  const end = (): void => {
    const first = tokens[0];
    const last = tokens[tokens.length - 1];
    if (first && last) pieces.push({ sql: sql.slice(first.start, last.end), start: first.start, tokens });
    tokens = [];
  };
  for (const token of all) {
    if (token.kind === 'symbol' && token.text === ';') end();
    else tokens.push(token);
  }
  end();
  return pieces;
}

/** The code point offset in the cell of an `offset` in a piece, which counts bytes, or code points where the parser says it. */
export function positionInCell(cell: string, piece: Piece, offset: number, ofParser = false): number {
  const before = ofParser
    ? Array.from(piece.sql).slice(0, offset).join('')
    : Buffer.from(piece.sql, 'utf8').subarray(0, offset).toString('utf8');
  return codePoints(cell.slice(0, piece.start + before.length));
}

function codePoints(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; count += 1) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return count;
}
