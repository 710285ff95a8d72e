import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../errors.js';

/** Runs `act` and gives `fallback` where the file does not exist. */
export async function ifExists<T, F>(act: Promise<T>, fallback: F): Promise<T | F> {
  try {
    return await act;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return fallback;
    throw error;
  }
}

/**
 * Writes a small file beside its place and renames it there, so that it is whole or absent. Without `sync` that does not
 * go for a power cut.
 */
export async function writeWhole(
  path: string,
  data: string | Uint8Array,
  sync = true,
  mode = 0o600,
): Promise<void> {
  const beside = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    const file = await open(beside, 'wx', mode);
    try {
      await file.writeFile(data);
      if (sync) await file.datasync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

export async function privateFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  return path;
}

/** Makes renames in a folder survive a power cut, where the platform can. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
