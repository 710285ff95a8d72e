import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { writeAt } from '../store/writeAt.js';
import type { ObjectId } from './hash.js';

const CHUNK = 1024 * 1024;
const ZEROS = Buffer.alloc(CHUNK);

export interface Copied {
  readonly id: ObjectId;
  readonly bytes: number;
  /** Without the zeros, which become holes that take no disk. */
  readonly written: number;
}

/** Copies what can be read from a file's beginning, at most `limit` bytes, into an empty one. The id is that of what was copied. */
export async function copyHashed(from: FileHandle, to: FileHandle, limit: number): Promise<Copied> {
  const sum = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK);
  let [bytes, written, end] = [0, 0, 0];
  while (bytes < limit) {
    const { bytesRead } = await from.read(buffer, 0, Math.min(CHUNK, limit - bytes), bytes);
    if (bytesRead === 0) break;
    const read = buffer.subarray(0, bytesRead);
    sum.update(read);
    if (!read.equals(ZEROS.subarray(0, bytesRead))) {
      await writeAt(to, read, bytes);
      written += bytesRead;
      end = bytes + bytesRead;
    }
    bytes += bytesRead;
  }
  if (end < bytes) await to.truncate(bytes);
  return { id: sum.digest('hex'), bytes, written };
}
