import type { ObjectId } from './hash.js';
import { hashFile } from './hashFile.js';
import type { ObjectStore } from './ObjectStore.js';

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
