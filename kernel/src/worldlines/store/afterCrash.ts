import { rm } from 'node:fs/promises';
import { count } from '../../counts.js';
import { checkObjects } from '../objects/checkObjects.js';
import type { ObjectStore } from '../objects/ObjectStore.js';
import { bootId, deadLocks, type Lock } from './liveness.js';
import { syncFileSystem } from './syncAll.js';
import type { StoreFolder } from './StoreFolder.js';

/**
 * Looks after what kernels left that were killed, whose locks are still there. After a power cut, every object is read, and
 * those that never came to the disk whole are set aside, so that nothing new refers to them. What a kernel of this run of
 * the system wrote is whole: `synced` resolves when it is on the disk as well, and never rejects.
 */
export async function afterCrash(
  folder: StoreFolder,
  objects: ObjectStore,
): Promise<{ readonly note: string | null; readonly synced: Promise<void> }> {
  const locks = await deadLocks(folder.kernels);
  const cut = locks.filter(({ holder }) => holder.boot !== bootId());
  const killed = locks.filter(({ holder }) => holder.boot === bootId());
  const damaged = cut.length === 0 ? 0 : await checkObjects(objects);
  await remove(cut);
  const [files, them] =
    damaged === 1 ? ['One of its files was', 'It was'] : [`${count(damaged)} of its files were`, 'They were'];
  const note = `The machine stopped while a kernel of this notebook ran. ${files} not written to the end. ${them} set aside in ${folder.aside}.`;
  return { note: damaged === 0 ? null : note, synced: bringToDisk(folder, killed) };
}

async function bringToDisk(folder: StoreFolder, killed: readonly Lock[]): Promise<void> {
  if (killed.length > 0 && (await syncFileSystem(folder.path))) await remove(killed);
}

/** One that cannot be removed is found again by the next kernel. */
async function remove(locks: readonly Lock[]): Promise<void> {
  await Promise.allSettled(locks.map(({ path }) => rm(path, { force: true })));
}
