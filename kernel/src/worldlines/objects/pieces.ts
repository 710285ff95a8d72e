import { type ObjectId, splitIds } from './hash.js';

/**
 * Content-defined pieces: a boundary stands where a rolling sum over the last bytes has its low bits clear, so an
 * insertion moves only the boundaries beside it, and two versions of a long list share all other pieces.
 */
const MIN = 1024;
const MAX = 16 * 1024;
const MASK = (1 << 12) - 1;
const GEAR = gear();

export async function splitPieces(
  bytes: Uint8Array,
  put: (piece: Uint8Array) => Promise<ObjectId>,
): Promise<ObjectId> {
  const ids: Buffer[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = boundary(bytes, start);
    ids.push(Buffer.from(await put(bytes.subarray(start, end)), 'hex'));
    start = end;
  }
  return put(Buffer.concat(ids));
}

export async function joinPieces(recipe: Buffer, read: (id: ObjectId) => Promise<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const id of splitIds(recipe)) parts.push(await read(id));
  return Buffer.concat(parts);
}

function boundary(bytes: Uint8Array, start: number): number {
  const last = Math.min(start + MAX, bytes.length);
  let sum = 0;
  for (let at = start; at < last; at++) {
    sum = ((sum << 1) + (GEAR[bytes[at] ?? 0] ?? 0)) | 0;
    if (at - start >= MIN && (sum & (MASK << 16)) === 0) return at + 1;
  }
  return last;
}

/** Fixed pseudo-random numbers, one a byte value (xorshift32): part of the format only in so far as pieces are shared. */
function gear(): Int32Array {
  const table = new Int32Array(256);
  let x = 0x9e3779b9;
  for (let at = 0; at < table.length; at++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    table[at] = x;
  }
  return table;
}
