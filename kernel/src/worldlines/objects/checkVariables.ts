import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { ifExists } from '../store/files.js';
import type { ObjectId } from './hash.js';
import type { ObjectStore } from './ObjectStore.js';

const CHUNK = 1024 * 1024;

/**
 * Reads buffers of variables that this process has not written or checked yet, and sets damaged ones aside. It reads
 * all of them, so it is for the background; restoring itself only maps them. Gives the ids of the damaged ones.
 */
export async function checkVariables(objects: ObjectStore, ids: readonly ObjectId[]): Promise<ObjectId[]> {
  const damaged: ObjectId[] = [];
  for (const id of ids) {
    if (objects.checked.has(id)) continue;
    const path = objects.variablePath(id);
    if ((await hashFile(path)) === id) objects.checked.add(id);
    else {
      damaged.push(id);
      await objects.setAside(path);
    }
  }
  return damaged;
}

async function hashFile(path: string): Promise<ObjectId | null> {
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
