import { existsSync, readFileSync } from 'node:fs';
import { cp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ran } from './FakeHost.js';
import { Kernel, withHome } from './withSession.js';

const CELLS = 6;

/** A store of a few cells: cell n sets every part to n. Gives the checkpoints' ids. */
async function makeStore(home: string): Promise<string[]> {
  const kernel = await Kernel.start(home);
  const { session } = kernel;
  const ids: string[] = [];
  for (let n = 1; n <= CELLS; n++) {
    const parts = await kernel.parts();
    parts.setTable(n % 3, String(n));
    parts.setVariable('x', String(n));
    parts.setFile('x.txt', String(n));
    parts.setFile(`only-${n}.txt`, 'y'.repeat(5000 * n));
    const { checkpoint, saved } = await session.commit(
      ran({
        source: String(n),
        turns: ['t'.repeat(1000)],
        cellId: 'c'.repeat(2500),
        outputs: [{ output_type: 'stream', name: 'stdout', text: 'z'.repeat(3000) }],
      }),
    );
    expect((await saved).problems).toEqual([]);
    ids.push(checkpoint.id);
  }
  await session.close();
  expect((await filesOf(home)).filter((file) => file.endsWith('.index'))).toHaveLength(1);
  return ids;
}

/** One kind of damage a file; all of them with WORLDLINE_DAMAGES=all. */
function pickDamages(): readonly ('cut' | 'changed' | 'emptied')[] {
  const all = ['cut', 'changed', 'emptied'] as const;
  const at = Math.floor(Math.random() * all.length);
  return process.env['WORLDLINE_DAMAGES'] === 'all' ? all : all.slice(at, at + 1);
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Opens the store and visits every checkpoint: each is as it was, or something is said about it. */
async function expectRest(home: string, ids: readonly string[], what: string): Promise<void> {
  const kernel = await Kernel.start(home);
  const { session } = kernel;
  const { checkpoints } = await session.graph(0, 100);
  const there = ids.filter((id) => checkpoints.some((one) => one.id === id));
  const said = session.takeNotes();
  const atBoundary =
    what.startsWith('cut') && /\}\n?$/.test(await readFile(what.split(': ')[1] ?? '', 'latin1'));
  if (there.length < ids.length && !atBoundary) expect({ what, said }).not.toEqual({ what, said: [] });
  if (!what.includes('journals')) expect({ what, there: there.length }).toEqual({ what, there: ids.length });
  else if (what.startsWith('changed')) expect(there.length).toBeGreaterThanOrEqual(ids.length - 1);
  await session.open();
  for (const id of there) {
    const { restored } = await session.undo({ to: id });
    const parts = await kernel.parts();
    const n = ids.indexOf(id) + 1;
    const file = join(parts.place.workspace, 'x.txt');
    const state = [
      parts.tables()[n % 3],
      parts.variables.get('x'),
      existsSync(file) ? readFileSync(file, 'utf8') : undefined,
    ];
    await session.settled();
    const notes = [...restored.notes, ...session.takeNotes()];
    if (notes.length === 0) expect({ what, state }).toEqual({ what, state: Array(3).fill(String(n)) });
  }
  const { checkpoint } = await session.commit(ran({ source: 'goes on' }));
  if (there.length > 0) expect(checkpoint.parent).toBe(there.at(-1));
  await session.close();
}

describe('a damaged store', () => {
  test('opens, whatever file was cut or changed; what is left is intact, what is lost is named', async () => {
    await withHome(async (home) => {
      const original = join(home, 'original');
      const ids = await makeStore(original);
      for (const file of await filesOf(original)) {
        const { size } = await stat(file);
        for (const damage of pickDamages()) {
          const copy = join(home, 'copy');
          await rm(copy, { recursive: true, force: true });
          await cp(original, copy, { recursive: true, force: true });
          const damaged = file.replace(original, copy);
          const at = Math.floor(Math.random() * size);
          if (damage === 'changed') {
            const bytes = await readFile(damaged);
            bytes[at] = (bytes[at] ?? 0) ^ 0x55;
            await writeFile(damaged, bytes);
          } else await truncate(damaged, damage === 'cut' ? at : 0);
          await expectRest(
            copy,
            ids,
            `${damage === 'emptied' ? 'cut to 0' : `${damage} at ${at}`}: ${damaged}`,
          );
        }
      }
    });
  }, 120_000);

  test('written by a newer version is left alone, and a new one is begun beside it', async () => {
    await withHome(async (home) => {
      await makeStore(home);
      const [about = ''] = (await filesOf(home)).filter((file) => file.endsWith('store.json'));
      await writeFile(about, JSON.stringify({ format: 99 }));
      const { session } = await Kernel.start(home);
      expect(session.takeNotes().join()).toMatch(/newer Worldline.*update/);
      expect((await session.graph(0, 10)).total).toBe(1);
      await session.commit(ran({ source: 'meanwhile' }));
      await session.close();
      expect(JSON.parse(await readFile(about, 'utf8'))).toEqual({ format: 99 });
      // As the newer version finds it: what was done in the older one meanwhile is there as well.
      await writeFile(about, JSON.stringify({ format: 1 }));
      const updated = await Kernel.start(home);
      const sources = [];
      for (const line of await updated.session.tree())
        sources.push((await updated.session.cells(line.worldline, 1)).map((cell) => cell.source));
      expect(sources.flat()).toContain('meanwhile');
      await updated.session.close();
    });
  });
});
