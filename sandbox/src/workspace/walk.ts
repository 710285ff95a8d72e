import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Entries after which other work gets its turn. */
const BREATH = 2_000;

export interface Bounds {
  readonly entries: number;
  readonly depth: number;
  /** Whether what is hidden is visited too. */
  readonly hidden: boolean;
}

/**
 * Visits the regular files of a workspace, by path with `/`. Links and special files are not followed, not opened and not
 * visited. False where not all was seen: there is more than the bounds allow, or it cannot be looked at.
 */
export async function walk(
  workspace: string,
  bounds: Bounds,
  visit: (path: string, stat: Stats) => void,
): Promise<boolean> {
  const folders = [{ path: '', depth: 0 }];
  let entries = 0;
  let whole = true;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const found = look(() => readdirSync(join(workspace, folder.path), { withFileTypes: true }));
    whole &&= found !== 'closed';
    if (typeof found === 'string') continue;
    for (const entry of found) {
      if (++entries % BREATH === 0) await nextTurn();
      if (entries > bounds.entries) return false;
      if (entry.name.startsWith('.') && !bounds.hidden) continue;
      const path = folder.path === '' ? entry.name : `${folder.path}/${entry.name}`;
      if (entry.isDirectory()) {
        if (folder.depth < bounds.depth) folders.push({ path, depth: folder.depth + 1 });
        else whole = false;
      } else if (entry.isFile()) {
        const stat = look(() => lstatSync(join(workspace, path)));
        whole &&= stat !== 'closed';
        if (typeof stat !== 'string' && stat.isFile()) visit(path, stat);
      }
    }
  }
  return whole;
}

/** `gone`: removed meanwhile. `closed`: the sandbox has made it unreadable, or its path longer than the system takes. */
function look<T>(at: () => T): T | 'gone' | 'closed' {
  try {
    return at();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'gone' : 'closed';
  }
}
