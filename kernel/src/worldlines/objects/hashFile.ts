import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { ifExists } from '../store/files.js';
import type { ObjectId } from './hash.js';

const CHUNK = 1024 * 1024;

/** The id that a file's content has; null where there is no such file. */
export async function hashFile(path: string): Promise<ObjectId | null> {
  const file = await ifExists(open(path, 'r'), null);
  if (file === null) return null;
  try {
    const sum = createHash('sha256');
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK, null);
      if (bytesRead === 0) return sum.digest('hex');
      sum.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
