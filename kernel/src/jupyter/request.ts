import type { Fields, Incoming } from './message.js';

/** A request and the way to answer it on the channel that it came by. */
export interface Request extends Incoming {
  reply(reply: Reply): void;
}

export interface Reply {
  readonly content: object;
  readonly metadata?: object;
}

/** A request whose content has the wrong shape; its text names the field. */
export class BadRequestError extends Error {
  override readonly name = 'BadRequestError';
}

/** A text field. Throws BadRequestError where it is missing or of another type. */
export function text(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new BadRequestError(`${name} must be text`);
  return value;
}

export function flag(fields: Fields, name: string, otherwise: boolean): boolean {
  const value = fields[name] ?? otherwise;
  if (typeof value !== 'boolean') throw new BadRequestError(`${name} must be true or false`);
  return value;
}

/** A whole number, also negative. */
export function integer(fields: Fields, name: string, otherwise: number): number {
  const value = fields[name] ?? otherwise;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new BadRequestError(`${name} must be a whole number`);
  }
  return value;
}

/** The code and the cursor in it, in code points; without `cursor_pos` it stands at the end. */
export function codeAndCursor(fields: Fields): { code: string; cursor: number } {
  const code = text(fields, 'code');
  let length = 0;
  for (let i = 0; i < code.length; i += (code.codePointAt(i) ?? 0) > 0xffff ? 2 : 1) length += 1;
  return { code, cursor: Math.max(0, Math.min(integer(fields, 'cursor_pos', length), length)) };
}
