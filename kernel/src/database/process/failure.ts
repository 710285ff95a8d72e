import { DatabaseError } from '../errors.js';
import { positionInCell, type Piece } from '../sql/split.js';

interface DuckFailure {
  readonly exception_type: string;
  readonly exception_message: string;
  readonly position?: string;
}

/** DuckDB's kind of error, such as `Binder`, and its message, from an error thrown by the driver. */
export function failureOf(error: unknown): { type: string; message: string; offset: number | null } {
  const text = error instanceof Error ? error.message : String(error);
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
  const position = offset === null ? null : positionInCell(cell, piece, offset);
  return new DatabaseError(
    `${type.replaceAll(' ', '')}Error`,
    `${type} Error: ${plainer(type, message)}`,
    piece.sql,
    position,
  );
}

/** DuckDB's message, with what to do where it leaves that open. */
function plainer(type: string, message: string): string {
  if (type === 'Catalog') return noTable(message);
  if (type === 'IO' && message.startsWith('No files found that match'))
    return `${message}\nA relative path starts in the workspace, which shows what lies beside the notebook, of the home folder only files that a cell names; %allow FOLDER grants more.`;
  const parameter = /^Values were not provided for the following prepared statement parameters: (\w+)/.exec(
    message,
  )?.[1];
  if (type === 'Invalid Input' && parameter !== undefined) return noValue(parameter);
  return message;
}

function noValue(parameter: string): string {
  const name = /^\d/.test(parameter) ? 'x' : parameter;
  return `There is no value for $${parameter}. SET VARIABLE ${name} = …, then getvariable('${name}') gives it.`;
}

/** A name that is none may have been meant for a data frame; DuckDB's own views are not what was meant. */
function noTable(message: string): string {
  const [all, name] = /^Table with name (.+) does not exist!\s*/.exec(message) ?? [];
  if (all === undefined || name === undefined) return message;
  const advice = message.slice(all.length);
  const internal = /^Did you mean "(?:pg_|duckdb_|pragma_|sqlite_|information_schema)/.test(advice);
  return `There is no table, view or DataFrame named ${name}.${internal || advice === '' ? '' : `\n${advice}`}`;
}
