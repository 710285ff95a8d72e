import type { ObjectId } from './hash.js';

/** What a file holds, as an object: the very bytes, or, where it has long stretches of zeros, what `pack` made of them. */
export interface Content {
  readonly id: ObjectId;
  readonly packed: boolean;
}

export function sameContent(a: Content | null, b: Content | null): boolean {
  return a?.id === b?.id && a?.packed === b?.packed;
}
