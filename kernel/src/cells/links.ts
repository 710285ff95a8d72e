import { type Dirent, statSync } from 'node:fs';
import { readdir, readlink, symlink, unlink } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { isNativeError } from 'node:util/types';

/** Nanoseconds after which a folder that has not changed shows every change of it in its time. */
const SETTLED = 50_000_000n;
/** The same where the file system counts whole seconds, or two. */
const SETTLED_COARSE = 2_500_000_000n;
const SECOND = 1_000_000_000n;

/**
 * Makes the visible top-level entries of the data folders, and single entries of others, reachable from a workspace by
 * their own names, as symbolic links. A file of the workspace's own keeps its name; links whose target is gone are taken away.
 */
export class DataLinks {
  /** What the folders' times were when the links were right; null where they may have changed since. */
  #seen: string | null = null;

  constructor(private readonly workspace: string) {}

  /** Brings the links up to date; at once where no folder has changed since the last time. */
  async update(folders: readonly string[], entries: readonly string[] = []): Promise<void> {
    const times = look([this.workspace, ...folders]);
    const before = times === null ? null : [times, ...entries].join('\n');
    if (before !== null && before === this.#seen) return;
    const changed = await link(this.workspace, folders, entries);
    this.#seen = changed ? null : before;
  }
}

/** Times of folders as one text; null where one may have changed so lately that its next change would not show. */
function look(folders: readonly string[]): string | null {
  const now = BigInt(Date.now()) * 1_000_000n;
  const times: string[] = [];
  for (const folder of folders) {
    try {
      const { ino, mtimeNs, ctimeNs } = statSync(folder, { bigint: true });
      const settled = mtimeNs % SECOND === 0n ? SETTLED_COARSE : SETTLED;
      if (now - mtimeNs < settled || now - ctimeNs < settled) return null;
      times.push(`${folder} ${ino} ${mtimeNs} ${ctimeNs}`);
    } catch {
      return null; // it is not there, or may not be read: reading it says which
    }
  }
  return times.join('\n');
}

async function link(
  workspace: string,
  folders: readonly string[],
  entries: readonly string[],
): Promise<boolean> {
  const wanted = new Map(entries.map((entry) => [basename(entry), entry]));
  for (const folder of folders) {
    for (const { name } of await entriesOf(folder)) {
      if (!name.startsWith('.') && !wanted.has(name)) wanted.set(name, join(folder, name));
    }
  }
  let changed = false;
  const present = new Set<string>();
  for (const entry of await entriesOf(workspace)) {
    const { name } = entry;
    // Only links are asked by their names: code makes files whose names are no text, and cannot be asked by them.
    if (!entry.isSymbolicLink()) {
      present.add(name);
      continue;
    }
    const path = join(workspace, name);
    const target = resolve(workspace, await readlink(path));
    if (wanted.get(name) === target) present.add(name);
    else if (folders.some((folder) => target.startsWith(`${folder}/`)) || wanted.has(name)) {
      await unlink(path);
      changed = true;
    } else present.add(name);
  }
  for (const [name, target] of wanted) {
    if (present.has(name)) continue;
    await symlink(target, join(workspace, name));
    changed = true;
  }
  return changed;
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isNativeError(error) && ['ENOENT', 'EACCES'].includes(String((error as NodeJS.ErrnoException).code)))
      return [];
    throw error;
  }
}
