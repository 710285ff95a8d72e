import { readFile, rm } from 'node:fs/promises';
import { ifExists, writeWhole } from './files.js';
import type { StoreFolder } from './StoreFolder.js';

/** Leaves a sentence for the person, which the next kernel of this notebook tells. */
export async function leaveWord(folder: StoreFolder, text: string): Promise<void> {
  await writeWhole(folder.word, text);
}

/** What the last kernel left to be told; null for nothing. It is told once. */
export async function takeWord(folder: StoreFolder): Promise<string | null> {
  const text = await ifExists(readFile(folder.word, 'utf8'), null);
  if (text !== null) await rm(folder.word, { force: true });
  return text;
}
