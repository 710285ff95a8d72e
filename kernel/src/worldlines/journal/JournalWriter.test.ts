import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { JournalWriter } from './JournalWriter.js';

test('records that follow each other in a moment go to the disk together, and at once where somebody waits', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'worldline-journal-'));
  try {
    const journal = new JournalWriter(join(folder, 'one.jsonl'), { t: 'active', worldline: 'a' });
    const write = (): void => {
      journal.append({ t: 'active', worldline: 'b' });
    };
    write();
    const first = journal.syncSoon();
    expect(journal.syncing).not.toBeNull();
    await first;
    expect(journal.syncing).toBeNull();

    write();
    const second = journal.syncSoon();
    write();
    expect(journal.syncSoon()).toBe(second);
    expect(journal.syncing).toBeNull();
    const now = journal.sync();
    expect(journal.syncing).not.toBeNull();
    await Promise.all([now, second]);
    await journal.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});
