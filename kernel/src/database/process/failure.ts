import { messageOf } from '../../messageOf.js';
import { DatabaseError } from '../errors.js';
import { positionInCell, type Piece } from '../sql/split.js';
import { inOwnWords } from './inOwnWords.js';

interface DuckFailure {
  readonly exception_type: string;
  readonly exception_message: string;
  readonly position?: string;
}

/** DuckDB's kind of error, such as `Binder`, and its message, from an error thrown by the driver. */
export function failureOf(error: unknown): { type: string; message: string; offset: number | null } {
  const text = messageOf(error);
  const brace = text.indexOf('{"exception_type"');
  if (brace >= 0) {
    const failure = parse(text.slice(brace));
    if (failure) {
      const offset = failure.position === undefined ? null : Number(failure.position);
      return { type: failure.exception_type, message: failure.exception_message, offset };
    }
  }
  const plain = /^(?:Failed to extract statements: )?([A-Z][A-Za-z ]*?) Error: ([^]*)$/.exec(text);
  return plain
    ? { type: plain[1] ?? '', message: plain[2] ?? '', offset: null }
    : { type: 'Database', message: text, offset: null };
}

function parse(text: string): DuckFailure | null {
  try {
    return JSON.parse(text) as DuckFailure;
  } catch {
    return null; // not JSON after all: the caller keeps the text as it is
  }
}

/** A driver's error as the typed one, placed in the cell. */
export function databaseError(error: unknown, cell: string, piece: Piece): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { type, message, offset } = failureOf(error);
  const position = offset === null ? null : positionInCell(cell, piece, offset, type === 'Parser');
  return new DatabaseError(
    `${type.replaceAll(' ', '')}Error`,
    inOwnWords(type, message, textAt(cell, position)),
    piece.sql,
    position,
  );
}

/** The cell from a code point on. */
function textAt(cell: string, position: number | null): string {
  return position === null ? '' : Array.from(cell).slice(position).join('');
}
