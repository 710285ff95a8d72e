import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { STORE_ID, notebookOf } from '../session/links.js';
import { ifExists } from '../store/files.js';
import { liveKernels } from '../store/liveness.js';
import { StoreFolder } from '../store/StoreFolder.js';
import type { Orphan } from '../types.js';
import { beginCollecting } from './gate.js';
import { sizesOf } from './sizes.js';

const REMOVED = '.removed-';

/**
 * The stores of notebooks that are no longer where they were: deleted, or moved and not opened since; with `age`, those that
 * were not used for so many milliseconds. Not one that another notebook goes on from, nor one of a kernel that may run.
 */
export async function findOrphans(own: StoreFolder, age = 0): Promise<Orphan[]> {
  const { home } = own;
  const names = await ifExists(readdir(join(home, 'notebooks')), []);
  const folders = names.filter((name) => STORE_ID.test(name)).map((id) => new StoreFolder(home, id));
  const linked = await Promise.all(folders.map((folder) => ifExists(readdir(folder.links), [])));
  const inUse = new Set([own.id, ...linked.flat()]);
  const orphans: Orphan[] = [];
  for (const folder of folders) {
    if (inUse.has(folder.id)) continue;
    const notebook = await notebookOf(folder);
    if (notebook === null || !(await isOrphan(folder, notebook))) continue;
    const last = await lastUsed(folder);
    if (age > 0 && last >= Date.now() - age) continue;
    const { total: bytes } = await sizesOf(folder);
    orphans.push({ id: folder.id, notebook, bytes, lastUsed: last });
  }
  return orphans;
}

/** Removes such stores. One that came into use meanwhile stays. */
export async function removeOrphans(home: string, orphans: readonly Orphan[]): Promise<void> {
  const notebooks = join(home, 'notebooks');
  for (const { id, notebook } of orphans) {
    const folder = new StoreFolder(home, id);
    const end = await beginCollecting(folder.collecting);
    if (end === null) continue;
    // Whole or not at all, wherever a kill comes.
    if (await isOrphan(folder, notebook))
      await rename(folder.path, join(notebooks, `${REMOVED}${randomUUID()}`));
    else await end();
  }
  for (const name of await ifExists(readdir(notebooks), [])) {
    if (name.startsWith(REMOVED)) await rm(join(notebooks, name), { recursive: true, force: true });
  }
}

/** Whether the folder is there in which the notebook was: otherwise its disk may only be away. */
export function isFolderThere({ notebook }: Orphan): boolean {
  return existsSync(dirname(notebook));
}

async function isOrphan(folder: StoreFolder, notebook: string): Promise<boolean> {
  return !existsSync(notebook) && (await liveKernels(folder.kernels)).size === 0;
}

async function lastUsed(folder: StoreFolder): Promise<number> {
  const names = await ifExists(readdir(folder.journals), []);
  const files = [folder.about, ...names.map((name) => join(folder.journals, name))];
  const times = await Promise.all(files.map((file) => stat(file)));
  // A kernel that ran nothing left no journal.
  const written = names.length === 0 ? times : times.slice(1);
  return Math.max(...written.map(({ mtimeMs }) => mtimeMs));
}
