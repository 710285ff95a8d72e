import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectStore } from '../objects/ObjectStore.js';
import { BESIDE, fileStat } from './Folder.js';
import { OWN_FOLDER, WORKSPACE_LIMITS } from './walk.js';
import type { WorkspaceIndex } from './WorkspaceIndex.js';

/** Files and entries after which the answer would take too long. */
const MOST_FILES = 200;
const MOST_ENTRIES = 2000;

/**
 * Whether a small workspace is as it was last taken, told at once: false where it is larger or something was just
 * written. Nothing is opened, so a link that code puts in a folder's place can at most make the answer false.
 */
export function isWorkspaceUnchanged(root: string, index: WorkspaceIndex, objects: ObjectStore): boolean {
  const { last } = index;
  if (last === null || objects.damaged || index.size > MOST_FILES) return false;
  const folders: string[] = [];
  let files = 0;
  let seen = 0;

  const visit = (prefix: string, depth: number): boolean => {
    for (const entry of readdirSync(join(root, prefix), { withFileTypes: true, encoding: 'utf8' })) {
      if ((seen += 1) > MOST_ENTRIES) return false;
      const path = prefix + entry.name;
      if (path === OWN_FOLDER || BESIDE.test(entry.name)) continue;
      if (entry.isDirectory()) {
        folders.push(`${path}/`);
        if (depth === WORKSPACE_LIMITS.depth || !visit(`${path}/`, depth + 1)) return false;
      } else if (entry.isFile()) {
        const found = lstatSync(join(root, path), { throwIfNoEntry: false });
        if (found?.isFile() !== true || index.contentOf(path, fileStat(found)) === null) return false;
        files += 1;
      }
    }
    return true;
  };

  try {
    return visit('', 0) && files === index.size && folders.join('\n') === last.folders;
  } catch {
    return false; // a folder went away meanwhile, or may not be read: taking it tells what is there
  }
}
