import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { inParallel } from '../database/inParallel.js';
import { errorCode } from '../errors.js';
import { ifExists, syncFolder } from './files.js';

/** More files are brought to the disk with all else on their file system: one by one, each waits for the disk anew. */
const MANY = 32;
const WIDTH = 4;

/** Makes files and folders of one file system survive a power cut. A file that is gone meanwhile is passed over. */
export async function syncAll(
  files: readonly string[],
  folders: readonly string[],
  on: string,
): Promise<void> {
  if (files.length > MANY && (await syncFileSystem(on))) return;
  await inParallel(files, WIDTH, syncFile);
  await Promise.all(folders.map((folder) => ifExists(syncFolder(folder), undefined)));
}

/** Brings all that was written to the file system of a path to the disk; false where the platform has no means for that. */
export async function syncFileSystem(path: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  return new Promise((resolve) => {
    execFile('sync', ['-f', path], (error) => {
      resolve(error === null);
    });
  });
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
  try {
    await file?.datasync();
  } finally {
    await file?.close();
  }
}
