import { lstat, readdir, readlink, symlink, unlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isNativeError } from 'node:util/types';

/**
 * Makes the visible top-level entries of the data folders reachable from the workspace by their own names, as symbolic
 * links. A file of the workspace's own keeps its name; links whose target is gone are taken away.
 */
export async function linkDataFolders(workspace: string, folders: readonly string[]): Promise<void> {
  const wanted = new Map<string, string>();
  for (const folder of folders) {
    for (const name of await namesIn(folder)) {
      if (!name.startsWith('.') && !wanted.has(name)) wanted.set(name, join(folder, name));
    }
  }
  const present = new Set<string>();
  for (const name of await namesIn(workspace)) {
    const path = join(workspace, name);
    if (!(await lstat(path)).isSymbolicLink()) {
      present.add(name);
      continue;
    }
    const target = resolve(workspace, await readlink(path));
    if (wanted.get(name) === target) present.add(name);
    else if (folders.some((folder) => target.startsWith(`${folder}/`)) || wanted.has(name))
      await unlink(path);
    else present.add(name);
  }
  for (const [name, target] of wanted) {
    if (!present.has(name)) await symlink(target, join(workspace, name));
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isNativeError(error) && ['ENOENT', 'EACCES'].includes(String((error as NodeJS.ErrnoException).code)))
      return [];
    throw error;
  }
}
