import { mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { canMount, makeDisk } from '../support/sharedDisk.js';
import { ran } from './FakeHost.js';
import { Kernel } from './withSession.js';

/** 16 KiB each. */
const BLOCKS = 2000;

const disks = canMount ? (['btrfs', 'xfs'] as const).map((kind) => ({ kind, ...makeDisk(kind) })) : [];
afterAll(() => {
  for (const disk of disks) disk.remove();
});

function used(folder: string): number {
  const { blocks, bfree, bsize } = statfsSync(folder);
  return (blocks - bfree) * bsize;
}

function clonesOf(home: string): string[] {
  const [notebook = ''] = readdirSync(join(home, 'notebooks'));
  const folder = join(home, 'notebooks', notebook, 'databases');
  return readdirSync(folder).map((name) => join(folder, name));
}

function objectsOf(home: string): string[] {
  const [notebook = ''] = readdirSync(join(home, 'notebooks'));
  const folder = join(home, 'notebooks', notebook, 'objects');
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

test('whatever file system the temporary folder is on, undo brings the database back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'worldlines-'));
  const kernel = await Kernel.start(folder);
  const { session } = kernel;
  for (const value of ['one', 'two']) {
    await session.ready('database');
    (await kernel.parts()).setTable(BLOCKS, value);
    expect((await (await session.commit(ran({ source: value }))).saved).problems).toEqual([]);
  }
  await session.undo();
  expect((await kernel.parts()).tables().at(-1)).toBe('one');
  await session.close();
  rmSync(folder, { recursive: true });
});

/** A worldline whose database changed in one of forty places since a checkpoint. */
async function withEarlierState() {
  const folder = mkdtempSync(join(tmpdir(), 'worldlines-'));
  const kernel = await Kernel.start(folder);
  const { session } = kernel;
  const parts = await kernel.parts();
  for (let slot = 0; slot < 40; slot++) parts.setTable(slot, `value ${slot}`);
  const { checkpoint, saved } = await session.commit(ran({ source: 'before' }));
  await saved;
  parts.setTable(0, 'changed');
  await (
    await session.commit(ran({ source: 'after' }))
  ).saved;
  return { folder, kernel, parts, checkpoint };
}

test('a branch at an earlier state takes what it shares with an open worldline from the file of that', async () => {
  const { folder, kernel, parts, checkpoint } = await withEarlierState();
  const { session } = kernel;
  if (clonesOf(folder).length === 0) {
    // Nothing has written to it for a while, and no object can be read for the blocks that did not change.
    utimesSync(parts.place.databaseFile, 1, 1);
    for (const path of objectsOf(folder)) if (readFileSync(path).includes('value 2')) rmSync(path);
  }
  const line = await session.branch('earlier', checkpoint.id);
  const { restored } = await session.open(line.id);
  expect(restored.notes).toEqual([]);
  expect(kernel.host.of(line.id).tables()).toEqual(Array.from({ length: 40 }, (_, slot) => `value ${slot}`));
  await session.close();
  rmSync(folder, { recursive: true });
});

test('a file that may be written to meanwhile is no beginning for a branch at an earlier state', async () => {
  const { folder, kernel, parts, checkpoint } = await withEarlierState();
  const { session } = kernel;
  const later = Date.now() / 1000 + 1000;
  utimesSync(parts.place.databaseFile, later, later);
  const line = await session.branch('earlier', checkpoint.id);
  await session.open(line.id);
  expect(kernel.host.of(line.id).tables()).toEqual(Array.from({ length: 40 }, (_, slot) => `value ${slot}`));
  await session.close();
  rmSync(folder, { recursive: true });
});

// Only root can mount a file system to try this on; as root it is always tried.
if (canMount)
  describe('a file system that shares blocks', () => {
    test.each(disks.map(({ kind, folder }) => [kind, folder] as const))(
      '%s: snapshots and branches of a database share its blocks, and are as independent as copies',
      async (_, folder) => {
        const home = join(folder, 'store');
        const kernel = await Kernel.start(home);
        const { session } = kernel;
        const main = await kernel.parts();
        const run = async (value: string): Promise<string> => {
          await session.ready('database');
          (await kernel.parts()).setTable(BLOCKS, value);
          const { checkpoint, saved } = await session.commit(ran({ source: value }));
          expect((await saved).problems).toEqual([]);
          return checkpoint.id;
        };
        const one = await run('one');
        expect(clonesOf(home)).toHaveLength(1);
        const size = readFileSync(main.place.databaseFile).length;
        const before = used(folder);
        await session.branch('other');
        await session.switch('other');
        const other = await kernel.parts();
        expect(used(folder) - before).toBeLessThan(size / 10);
        expect(readFileSync(other.place.databaseFile).equals(readFileSync(main.place.databaseFile))).toBe(
          true,
        );

        await run('two');
        expect(main.tables().at(-1)).toBe('one');
        await session.undo();
        expect(other.tables().at(-1)).toBe('one');
        const three = await run('three');
        await session.undo({ to: one });
        await session.undo({ to: three });
        expect(other.tables().at(-1)).toBe('three');
        await session.close();

        const next = await Kernel.start(home);
        await next.session.resume('other');
        expect((await next.parts()).tables().at(-1)).toBe('three');
        const clones = clonesOf(home);
        await next.session.delete(
          (await next.session.tree()).find((line) => line.name === 'main' && line.earlier)?.worldline ?? '',
        );
        await next.session.collect({ maxAge: 0 });
        expect(clonesOf(home).length).toBeLessThan(clones.length);
        await next.session.undo({ to: three });
        expect((await next.parts()).tables().at(-1)).toBe('three');

        for (const clone of clonesOf(home)) rmSync(clone);
        const { restored } = await next.session.undo();
        expect(restored.notes.join()).toContain('database of this checkpoint is damaged');
        await next.session.close();
      },
    );
  });
