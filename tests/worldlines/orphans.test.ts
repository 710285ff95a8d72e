import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ran } from './FakeHost.js';
import { Kernel, withHome } from './withSession.js';

const DAY = 86_400_000;

/** A notebook file with a store in which a cell ran; gives the store's id. */
async function notebook(home: string, path: string): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true });
  writeFileSync(path, '{}');
  const kernel = await Kernel.start(home, { path, client: 'notebook' });
  await run(kernel);
  await kernel.session.close();
  return kernel.session.id;
}

async function run(kernel: Kernel): Promise<void> {
  (await kernel.parts()).setVariable('x', 'one');
  await (
    await kernel.session.commit(ran({ source: 'one' }))
  ).saved;
}

async function stores(home: string): Promise<string[]> {
  return (await readdir(join(home, 'notebooks'))).sort();
}

/** As if nobody had used it for so long. */
async function leaveAlone(home: string, id: string, milliseconds: number): Promise<void> {
  const journals = join(home, 'notebooks', id, 'journals');
  const then = (Date.now() - milliseconds) / 1000;
  for (const name of await readdir(journals)) utimesSync(join(journals, name), then, then);
}

test('the store of a notebook that is gone is told of and can be removed; of one that is there, linked or in use, it stays', () =>
  withHome(async (home) => {
    const at = (name: string): string => join(home, 'work', name);
    const there = await notebook(home, at('there.ipynb'));
    const deleted = await notebook(home, at('deleted.ipynb'));
    const moved = await notebook(home, at('moved.ipynb'));
    await rm(at('deleted.ipynb'));
    await rename(at('moved.ipynb'), at('here.ipynb'));
    writeFileSync(at('used.ipynb'), '{}');
    const used = await Kernel.start(home, { path: at('used.ipynb'), client: 'notebook' });
    await rm(at('used.ipynb'));
    const kernel = await Kernel.start(home, { path: at('here.ipynb'), client: 'notebook' });
    const { session } = kernel;
    expect((await session.orphans()).map(({ id }) => id).sort()).toEqual([deleted, moved].sort());
    await session.link(moved);
    const orphans = await session.orphans();
    expect(orphans).toEqual([
      { id: deleted, notebook: at('deleted.ipynb'), bytes: expect.any(Number), lastUsed: expect.any(Number) },
    ]);
    await session.removeOrphans(orphans);
    expect(await stores(home)).toEqual([there, moved, used.session.id, session.id].sort());
    await session.resume('main');
    expect((await kernel.parts()).variables.get('x')).toBe('one');
    await used.session.close();
    await session.close();
  }));

test('a store in which nothing ran was last used when it was made', () =>
  withHome(async (home) => {
    const path = join(home, 'gone.ipynb');
    const { session } = await Kernel.start(home, { path, client: 'notebook' });
    await session.close();
    const other = await Kernel.start(home);
    const [orphan] = await other.session.orphans();
    expect(orphan?.lastUsed).toBeGreaterThan(Date.now() - DAY);
    await other.session.close();
  }));

test('a notebook that is back when its store is to be removed keeps it', () =>
  withHome(async (home) => {
    const path = join(home, 'work', 'a.ipynb');
    const id = await notebook(home, path);
    await rm(path);
    const { session } = await Kernel.start(home);
    const orphans = await session.orphans();
    writeFileSync(path, '{}');
    await session.removeOrphans(orphans);
    await session.close();
    const kernel = await Kernel.start(home, { path, client: 'notebook' });
    expect(kernel.session.id).toBe(id);
    await kernel.session.resume('main');
    await run(kernel);
    await kernel.session.close();
  }));

test('by itself it goes with keep-days alone, after half a year at least, and not where the folder is away as well', () =>
  withHome(async (home) => {
    const old = await notebook(home, join(home, 'work', 'old.ipynb'));
    const recent = await notebook(home, join(home, 'work', 'recent.ipynb'));
    const away = await notebook(home, join(home, 'disk', 'away.ipynb'));
    await rm(join(home, 'work', 'old.ipynb'));
    await rm(join(home, 'work', 'recent.ipynb'));
    await rm(join(home, 'disk'), { recursive: true });
    await leaveAlone(home, old, 200 * DAY);
    await leaveAlone(home, recent, 100 * DAY);
    await leaveAlone(home, away, 200 * DAY);
    for (const [limits, left] of [
      [{ maxBytes: 1 }, [old, recent, away]],
      [{ maxAge: 365 * DAY }, [old, recent, away]],
      [{ maxAge: 30 * DAY }, [recent, away]],
    ] as const) {
      const kernel = await Kernel.start(home);
      await run(kernel);
      await kernel.session.close(limits);
      expect(await stores(home)).toEqual([...left, kernel.session.id].sort());
    }
    expect(existsSync(join(home, 'work'))).toBe(true);
  }));
