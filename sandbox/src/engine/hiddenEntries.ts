import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

export interface Mask {
  readonly path: string;
  readonly kind: 'folder' | 'file';
}

const MAX_ENTRIES = 50_000;
const MAX_MASKS = 250;
/** Not data, and full of hidden entries. */
const MASKED_NAMES = new Set(['node_modules', '__pycache__']);

/**
 * What of a data folder is not to be seen: entries with a dot-name at any depth. The walk is bounded: of a folder too
 * large to look through, the top-level folders that were not are masked whole. `spared` are folders below that are
 * mounted themselves; only what leads to them stays open.
 */
export async function hiddenEntries(folder: string, spared: readonly string[]): Promise<Mask[]> {
  const masks: Mask[] = [];
  const queue: { path: string; hidden: boolean }[] = [{ path: folder, hidden: false }];
  let entries = 0;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (entries > MAX_ENTRIES || masks.length > MAX_MASKS)
      return [...masks, ...topLevel(folder, [next, ...queue], masks)];
    const found = await readdir(next.path, { withFileTypes: true }).catch(unreadable);
    entries += found.length;
    for (const entry of found) {
      const path = join(next.path, entry.name);
      const hidden = next.hidden || entry.name.startsWith('.') || MASKED_NAMES.has(entry.name);
      if (spared.includes(path)) continue;
      if (hidden && !spared.some((one) => one.startsWith(path + sep))) {
        if (entry.isDirectory()) masks.push({ path, kind: 'folder' });
        else if (entry.isFile()) masks.push({ path, kind: 'file' });
      } else if (entry.isDirectory()) {
        queue.push({ path, hidden });
      }
    }
  }
  return masks;
}

/** What this user cannot read, the sandbox cannot either. */
function unreadable(): [] {
  return [];
}

function topLevel(folder: string, left: readonly { path: string }[], masks: Mask[]): Mask[] {
  const tops = new Set(left.map(({ path }) => join(folder, relative(folder, path).split(sep)[0] ?? '')));
  for (let index = masks.length - 1; index >= 0; index--) {
    const mask = masks[index];
    if (mask !== undefined && [...tops].some((top) => mask.path.startsWith(top + sep)))
      masks.splice(index, 1);
  }
  return [...tops].map((path) => ({ path, kind: 'folder' }));
}
