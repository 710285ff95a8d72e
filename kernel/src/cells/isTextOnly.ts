import type { CellContext } from './context.js';

/** A console prints each display once and ignores updates; notebooks send the id of their cell, batch runs take no input. */
export function isTextOnly({ request }: CellContext): boolean {
  return request.allowStdin && request.cellId === undefined;
}
