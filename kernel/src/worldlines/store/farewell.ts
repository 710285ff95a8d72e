import { readFile, rm } from 'node:fs/promises';
import { ifExists, writeWhole } from './files.js';
import type { StoreFolder } from './StoreFolder.js';

/** Leaves word of how many worldlines automatic clean-up took, which the next kernel of this notebook tells the person. */
export async function leaveWord(folder: StoreFolder, worldlines: number): Promise<void> {
  if (worldlines === 0) return;
  const what = worldlines === 1 ? 'One worldline' : `${worldlines} worldlines`;
  await writeWhole(
    folder.word,
    `${what} of the oldest runs went, as the store of this notebook was past keep-size or keep-days (see %config).`,
  );
}

/** What the last kernel left to be told; null for nothing. It is told once. */
export async function takeWord(folder: StoreFolder): Promise<string | null> {
  const text = await ifExists(readFile(folder.word, 'utf8'), null);
  if (text !== null) await rm(folder.word, { force: true });
  return text;
}
