import { lstatSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ifExists } from '../store/files.js';
import type { StoreFolder } from '../store/StoreFolder.js';
import type { StoreSizes } from '../types.js';

/** Bytes that a notebook's store takes, by what they are for. */
export async function sizesOf(folder: StoreFolder): Promise<StoreSizes> {
  const variables = await sizeOf(join(folder.objects, 'variables'));
  const objects = (await sizeOf(folder.objects)) - variables;
  const database = await sizeOf(folder.clones);
  const journals = (await sizeOf(folder.journals)) + (await sizeOf(folder.indexes));
  const live = await sizeOf(folder.live);
  const total = variables + objects + database + journals + live;
  return { database, variables, files: objects, journals, live, total };
}

/** Bytes that the files below a folder take on the disk. Links are not followed. */
async function sizeOf(path: string): Promise<number> {
  let sum = 0;
  for (const entry of await ifExists(readdir(path, { withFileTypes: true }), [])) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) sum += await sizeOf(inner);
    // At once, as there are thousands, and each takes some microseconds.
    else if (entry.isFile()) sum += (lstatSync(inner, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
  }
  return sum;
}
