import { isTyped } from '../../errors.js';
import type { Token } from '../../sql/scan.js';
import { split, type Piece } from '../../sql/split.js';
import { failureOf } from '../failure.js';

export interface Replacement {
  readonly token: Token;
  readonly sql: string;
  /** What messages call by this name is called by the token's text in what was written. */
  readonly name?: string;
}

export interface Replaced {
  readonly piece: Piece;
  /** An error of it as it would be for the statement as it was written. */
  readonly asWritten: (error: unknown) => unknown;
}

/** A statement with other SQL in the place of some of its tokens, which are given in their order. */
export function replaceTokens(piece: Piece, replacements: readonly Replacement[]): Replaced {
  const byte = (at: number): number => Buffer.byteLength(piece.sql.slice(0, at - piece.start));
  const places: { readonly from: number; readonly to: number; readonly length: number }[] = [];
  let sql = '';
  let at = piece.start;
  for (const { token, sql: other } of replacements) {
    sql += piece.sql.slice(at - piece.start, token.start - piece.start) + other;
    at = token.end;
    places.push({ from: byte(token.start), to: byte(token.end), length: Buffer.byteLength(other) });
  }
  sql += piece.sql.slice(at - piece.start);
  const [whole] = split(sql);
  return {
    piece: whole ?? { ...piece, sql },
    asWritten: (error) => {
      if (isTyped(error)) return error;
      const { type, message, offset } = failureOf(error);
      const written = replacements.reduce(
        (text, { name, token }) => (name === undefined ? text : text.replaceAll(name, token.text)),
        message,
      );
      const position = offset === null ? {} : { position: String(moveBack(offset, places)) };
      return new Error(JSON.stringify({ exception_type: type, exception_message: written, ...position }));
    },
  };
}

/** `places`: where tokens stood in what was written, and how long is what stands there now; in bytes. */
function moveBack(
  offset: number,
  places: readonly { readonly from: number; readonly to: number; readonly length: number }[],
): number {
  let moved = 0;
  for (const { from, to, length } of places) {
    if (offset < from + moved) break;
    if (offset < from + moved + length) return from;
    moved += length - (to - from);
  }
  return offset - moved;
}
