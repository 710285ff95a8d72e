import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ran } from './FakeHost.js';
import { Kernel, withHome } from './withSession.js';

const CELLS = 300;

/** Many cells, branches and moves of one kernel, so that it leaves an index. */
async function makeSession(home: string): Promise<void> {
  const { session } = await Kernel.start(home);
  await session.open();
  for (let n = 0; n < CELLS; n++) {
    await session.begin({ title: `cell ${n}`, cellId: null });
    const { saved } = await session.commit(ran({ source: `cell ${n}`, executionCount: n, turns: [n] }));
    if (n % 50 === 49) {
      await saved;
      await session.branch(`branch-${n}`);
      await session.undo({ cells: 10 });
    }
  }
  await session.rename('branch-99', 'renamed');
  await session.delete('branch-149');
  await session.close();
}

/** All that a later kernel sees of it. */
async function seen(home: string): Promise<unknown> {
  const { session } = await Kernel.start(home);
  const pages = [];
  for (let offset = 0; offset < CELLS + 10; offset += 100) pages.push(await session.graph(offset, 100));
  const earlier = pages[0]?.worldlines.filter((line) => line.earlier) ?? [];
  const cells = await Promise.all(earlier.map(({ id }) => session.cells(id)));
  const conversations = await Promise.all(earlier.map(({ id }) => session.conversation(id)));
  const tree = (await session.tree()).filter((line) => line.earlier);
  const notes = session.takeNotes();
  await session.close();
  const checkpoints = pages.flatMap((page) => page.checkpoints).filter(({ kind }) => kind !== 'root');
  return { earlier, checkpoints, cells, conversations, tree, notes };
}

function indexOf(home: string): string {
  const [notebook = ''] = readdirSync(join(home, 'notebooks'));
  const folder = join(home, 'notebooks', notebook, 'index');
  return join(folder, readdirSync(folder)[0] ?? '');
}
function journalOf(home: string): string {
  return indexOf(home)
    .replace('/index/', '/journals/')
    .replace(/index$/, 'jsonl');
}

describe('the index of a journal', () => {
  test('counts as a part of the store', async () => {
    await withHome(async (home) => {
      await makeSession(home);
      const { session } = await Kernel.start(home);
      const { journals, total } = await session.sizes();
      rmSync(indexOf(home));
      const without = await session.sizes();
      expect(without.journals).toBeLessThan(journals);
      expect(total - without.total).toBe(journals - without.journals);
      await session.close();
    });
  });

  test('gives what the journal gives, is made again where it is lost, and misleads nobody where it is damaged', async () => {
    await withHome(async (home) => {
      await makeSession(home);
      const index = indexOf(home);
      const bytes = readFileSync(index);
      const byIndex = await seen(home);
      rmSync(index);
      const byJournal = await seen(home);
      expect(byIndex).toEqual(byJournal);
      expect(readFileSync(index).length).toBe(bytes.length);
      for (let page = 0; page * 4096 < bytes.length; page++) {
        const damaged = Buffer.from(bytes);
        const at = page * 4096 + Math.floor(Math.random() * 4096);
        damaged[at] = (damaged[at] ?? 0) ^ 0x55;
        writeFileSync(index, damaged);
        expect({ at, seen: await seen(home) }).toEqual({ at, seen: byJournal });
      }
      const cut = Math.floor(Math.random() * bytes.length);
      writeFileSync(index, bytes.subarray(0, cut));
      expect({ cut, seen: await seen(home) }).toEqual({ cut, seen: byJournal });
    });
  });

  test('has checkpoints by their ids: what a worldline is called leads past it', async () => {
    await withHome(async (home) => {
      await makeSession(home);
      const { session } = await Kernel.start(home);
      const [renamed] = await session.cells('renamed', 1);
      const { head } = await session.branch('on', 'renamed');
      expect(head).toBe(renamed?.checkpoint);
      expect(await session.compare('renamed', 'branch-199')).toMatchObject({ a: head });
      await expect(session.branch('off', 'no such one')).rejects.toThrow(
        'There is no checkpoint or worldline',
      );
      await session.close();
    });
  });

  test('hides no damage of the journal: it is named when it is met, and nothing is cleaned up', async () => {
    await withHome(async (home) => {
      await makeSession(home);
      const journal = journalOf(home);
      const bytes = readFileSync(journal);
      const at = bytes.indexOf('{"value":"cell 150"}');
      bytes[at + 12] = 0x58;
      writeFileSync(journal, bytes);
      const { session } = await Kernel.start(home);
      await session.resume('main');
      expect(session.takeNotes()).toEqual([]);
      const cells = await session.cells();
      expect(session.takeNotes().join()).toMatch(/A record was damaged .* set aside/);
      expect(cells.map((cell) => cell.source)).not.toContain('cell 150');
      expect(cells.map((cell) => cell.source)).toEqual(expect.arrayContaining(['cell 139', 'cell 151']));
      expect((await session.collect()).notes.join()).toContain('could not be read');
      await session.close();
    });
  });

  test('is not needed for what came after it: a kernel that was killed is read to its end', async () => {
    await withHome(async (home) => {
      await makeSession(home);
      const first = await Kernel.start(home);
      await first.session.resume('main');
      await first.session.open();
      for (let n = 0; n < 2 * CELLS; n++) await first.session.commit(ran({ source: `more ${n}` }));
      await first.session.settled();
      const { session } = await Kernel.start(home);
      const { worldlines } = await session.graph(0, 0);
      await session.resume(worldlines.find((line) => line.earlier && line.name === 'main')?.id ?? '');
      const cells = await session.cells();
      expect(cells.at(-1)?.source).toBe(`more ${2 * CELLS - 1}`);
      expect(cells.filter((cell) => cell.source.startsWith('more'))).toHaveLength(2 * CELLS);
      expect(session.takeNotes()).toEqual([]);
      await session.close();
      await first.session.close();
    });
  });
});
