import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Match } from './sql.js';

/** Visible files and folders that continue `prefix`, as paths relative to the first of `folders` that has any. */
export async function completeFiles(
  prefix: string,
  folders: readonly string[],
  foldersOnly = false,
): Promise<Match[]> {
  const slash = prefix.lastIndexOf('/') + 1;
  const inside = prefix.slice(0, slash);
  const name = prefix.slice(slash);
  for (const folder of folders) {
    const entries = await readdir(resolve(folder, inside), { withFileTypes: true }).catch(() => []);
    const matches = entries
      .filter((entry) => entry.name.startsWith(name) && !entry.name.startsWith('.'))
      .filter((entry) => !foldersOnly || entry.isDirectory())
      .map((entry) => ({
        text: join(inside, entry.name) + (entry.isDirectory() ? '/' : ''),
        type: entry.isDirectory() ? 'folder' : 'file',
      }))
      .sort((a, b) => a.text.localeCompare(b.text));
    if (matches.length > 0) return matches;
  }
  return [];
}
