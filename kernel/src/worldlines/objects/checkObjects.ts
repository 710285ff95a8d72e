import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ifExists } from '../store/files.js';
import { hashFile } from './hashFile.js';
import type { ObjectStore } from './ObjectStore.js';

/** Reads every object and sets aside those whose content is not what their name says. Gives how many those were. */
export async function checkObjects(objects: ObjectStore): Promise<number> {
  let damaged = 0;
  for (const part of await ifExists(readdir(objects.folder), [])) {
    if (part !== 'variables' && !/^[0-9a-f]{2}$/.test(part)) continue;
    for (const name of await readdir(join(objects.folder, part))) {
      const path = join(objects.folder, part, name);
      if ((await hashFile(path)) === (part === 'variables' ? name : part + name)) continue;
      damaged += 1;
      await objects.setAside(path);
    }
  }
  return damaged;
}
