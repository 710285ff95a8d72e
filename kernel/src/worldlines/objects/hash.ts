import { hash as digestOf, webcrypto } from 'node:crypto';

/** A content id: SHA-256 in hex. */
export type ObjectId = string;
export const OBJECT_ID = /^[0-9a-f]{64}$/;

/** Above this, hashing leaves the main thread. */
const OFF_THREAD = 64 * 1024;

export function idOf(content: Uint8Array | string): ObjectId {
  return digestOf('sha256', content, 'hex');
}

/** As `idOf`, without holding up the event loop for large data. */
export async function hash(bytes: Uint8Array): Promise<ObjectId> {
  if (bytes.length < OFF_THREAD) return idOf(bytes);
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
}

const ID_BYTES = 32;

/** Ids that stand one after the other, 32 bytes each. */
export function splitIds(bytes: Buffer): ObjectId[] {
  const ids: ObjectId[] = [];
  for (let at = 0; at + ID_BYTES <= bytes.length; at += ID_BYTES)
    ids.push(bytes.toString('hex', at, at + ID_BYTES));
  return ids;
}
