import { chown, lchown, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HIDDEN, OUT } from './containerOptions.js';

/** Makes a workspace with the folders in it that are mounted on their own. Needs no engine. */
export async function makeWorkspace(workspace: string): Promise<void> {
  for (const folder of [dirname(workspace), workspace, join(workspace, HIDDEN), join(workspace, HIDDEN, OUT)])
    await mkdir(folder, { recursive: true, mode: 0o755 });
}

/** Removes all that is in a workspace but the folders that are mounted on their own. */
export async function emptyWorkspace(workspace: string): Promise<void> {
  await clear(workspace, HIDDEN);
  await clear(join(workspace, HIDDEN), OUT);
  await clear(join(workspace, HIDDEN, OUT));
}

/** Removes a workspace. A container that was started ahead may be about to put folders into it. */
export async function removeWorkspace(workspace: string): Promise<void> {
  await rm(workspace, { recursive: true, force: true, maxRetries: 5 });
}

async function clear(folder: string, but?: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name !== but);
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

/** Gives a workspace to the user of its container, `uid:gid`, where this process is root and that user is not. */
export async function giveWorkspace(workspace: string, user: string): Promise<void> {
  const [uid, gid] = user.split(':').map(Number);
  if (process.getuid?.() !== 0 || uid === undefined || gid === undefined || uid === 0) return;
  if ((await stat(workspace)).uid !== uid) await giveTree(workspace, uid, gid);
  await chown(join(workspace, HIDDEN, OUT), uid, gid);
}

/** A folder before what it holds: whoever puts a file there meanwhile gives it to the folder's owner. */
async function giveTree(folder: string, uid: number, gid: number): Promise<void> {
  await lchown(folder, uid, gid);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await giveTree(path, uid, gid);
    else await lchown(path, uid, gid).catch(unlessGone);
  }
}

function unlessGone(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
