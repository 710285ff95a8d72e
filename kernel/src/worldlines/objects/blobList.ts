import type { ObjectId } from './hash.js';

/** A buffer that variables need: 32 bytes of id and 8 of size each, sorted, so that versions share their pieces. */
export interface Blob {
  readonly id: ObjectId;
  readonly size: number;
}
const ID_BYTES = 32;
const BLOB_BYTES = ID_BYTES + 8;

export function encodeBlobs(blobs: readonly Blob[]): Buffer {
  const bytes = Buffer.alloc(blobs.length * BLOB_BYTES);
  blobs.forEach(({ id, size }, at) => {
    bytes.write(id, at * BLOB_BYTES, 'hex');
    bytes.writeBigUInt64LE(BigInt(size), at * BLOB_BYTES + ID_BYTES);
  });
  return bytes;
}

export function decodeBlobs(bytes: Buffer): Blob[] {
  const blobs: Blob[] = [];
  for (let at = 0; at + BLOB_BYTES <= bytes.length; at += BLOB_BYTES) {
    const id = bytes.toString('hex', at, at + ID_BYTES);
    blobs.push({ id, size: Number(bytes.readBigUInt64LE(at + ID_BYTES)) });
  }
  return blobs;
}
