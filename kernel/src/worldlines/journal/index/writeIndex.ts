import { dirname } from 'node:path';
import { privateFolder, writeWhole } from '../../store/files.js';
import type { Draft } from './Draft.js';
import { encodeIndex, type LineTotals } from './format.js';

/** Bytes of a journal that are read faster than an index of them. */
export const WORTH_AN_INDEX = 16 * 1024;

/** Writes the index of a journal's first `end` bytes. Nothing is written where records of it were lost. */
export async function writeIndex(
  path: string,
  end: number,
  draft: Draft,
  lines: Iterable<LineTotals>,
): Promise<void> {
  if (!draft.regular) return;
  const totals = [...lines].map(({ id, head, cells, bytes, lastUsed, running }): LineTotals => {
    return { id, head, cells, bytes, lastUsed, running };
  });
  const encoded = encodeIndex({ end, count: draft.count, kept: draft.kept, lines: totals }, draft);
  await privateFolder(dirname(path));
  // A power cut may leave any bytes of it: its checksums tell.
  await writeWhole(path, encoded, false);
}
