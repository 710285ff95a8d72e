import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { ObjectId } from './hash.js';

const CHUNK = 1024 * 1024;

/** Copies what can be read from a file's beginning, at most `limit` bytes, and gives the id of what was copied. */
export async function copyHashed(
  from: FileHandle,
  to: FileHandle,
  limit: number,
): Promise<{ id: ObjectId; bytes: number }> {
  const sum = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK);
  let bytes = 0;
  while (bytes < limit) {
    const { bytesRead } = await from.read(buffer, 0, Math.min(CHUNK, limit - bytes), bytes);
    if (bytesRead === 0) break;
    const read = buffer.subarray(0, bytesRead);
    sum.update(read);
    await to.writeFile(read);
    bytes += bytesRead;
  }
  return { id: sum.digest('hex'), bytes };
}
