import { chown, lchown, mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HIDDEN, OUT } from './containerOptions.js';

/** Makes a workspace with the folders in it that are mounted on their own. Needs no engine. */
export async function makeWorkspace(workspace: string): Promise<void> {
  for (const folder of [dirname(workspace), workspace, join(workspace, HIDDEN), join(workspace, HIDDEN, OUT)])
    await mkdir(folder, { recursive: true, mode: 0o755 });
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
