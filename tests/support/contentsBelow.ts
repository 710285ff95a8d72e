import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The regular files below a folder with their bytes, without what goes while it is looked through. */
export function* contentsBelow(folder: string): Generator<readonly [path: string, bytes: Buffer]> {
  for (const entry of unlessGone(() => readdirSync(folder, { withFileTypes: true })) ?? []) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* contentsBelow(path);
    const bytes = entry.isFile() ? unlessGone(() => readFileSync(path)) : null;
    if (bytes !== null) yield [path, bytes];
  }
}

function unlessGone<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}
