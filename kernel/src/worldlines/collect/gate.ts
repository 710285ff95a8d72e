import { existsSync, watch } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../errors.js';
import { mayRun, readHolder, thisProcess } from '../store/liveness.js';

/** Takes the lock of clean-up; null where another process has it. */
export async function beginCollecting(path: string): Promise<(() => Promise<void>) | null> {
  const holder = await readHolder(path);
  if (holder !== null && mayRun(holder)) return null;
  await rm(path, { force: true });
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(JSON.stringify(thisProcess()));
    await file.close();
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return null;
    throw error;
  }
  return () => rm(path, { force: true });
}

/** Resolves when no other process cleans this store up. */
export async function whenNotCollecting(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const busy = async (): Promise<boolean> => {
    const holder = await readHolder(path);
    return holder !== null && holder.pid !== process.pid && mayRun(holder);
  };
  if (!(await busy())) return;
  await new Promise<void>((resolve, reject) => {
    const watcher = watch(dirname(path), { persistent: false });
    const look = (): void => {
      busy().then((still) => {
        if (still) return;
        watcher.close();
        resolve();
      }, reject);
    };
    watcher.on('change', look);
    watcher.on('error', reject);
    look();
  });
}
