import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ran } from './FakeHost.js';
import { Kernel, NOTEBOOK, withHome } from './withSession.js';

/** Runs a cell that sets every part, and waits for its state. */
async function run(kernel: Kernel, value: string, cell: Parameters<typeof ran>[0] = {}): Promise<string> {
  const parts = await kernel.parts();
  parts.setTable(0, value);
  parts.setVariable('x', value);
  parts.setFile('out.csv', value);
  const { checkpoint, saved } = await kernel.session.commit(ran({ source: value, ...cell }));
  expect((await saved).problems).toEqual([]);
  return checkpoint.id;
}

describe('comparing', () => {
  test('shows cells, tables, files and variables from the common ancestor on', async () => {
    await withHome(async (home) => {
      const kernel = await Kernel.start(home);
      const { session } = kernel;
      const one = await run(kernel, 'one');
      await session.branch('other');
      await run(kernel, 'second');
      await session.switch('other');
      (await kernel.parts()).setVariable('y', 'new');
      const third = await run(kernel, 'third cell');
      const comparison = await session.compare('main', 'other');
      expect(comparison.ancestor).toBe(one);
      expect(comparison.cellsA.map((cell) => cell.source)).toEqual(['second']);
      expect(comparison.cellsB.map((cell) => cell.source)).toEqual(['third cell']);
      expect(comparison.tables).toMatchObject([{ name: 't0', change: 'changed', rowsA: 6, rowsB: 10 }]);
      expect(comparison.files).toEqual([{ path: 'out.csv', change: 'changed', bytesA: 6, bytesB: 10 }]);
      expect(comparison.variables).toEqual([
        { name: 'x', change: 'changed', differs: 'values', a: 'str: second', b: 'str: third cell' },
        { name: 'y', change: 'only-b', differs: null, a: null, b: 'str: new' },
      ]);
      expect(await session.artifacts()).toMatchObject([{ path: 'out.csv', type: 'csv', checkpoint: third }]);
      const tree = await session.tree();
      expect(tree.map(({ name, depth, active, cells }) => [name, depth, active, cells])).toEqual([
        ['main', 0, false, 2],
        ['other', 1, true, 1],
      ]);
      await session.undo();
      await run(kernel, 'fourth');
      await run(kernel, 'fifth');
      await session.undo();
      expect((await session.tree()).map(({ cells, undone }) => [cells, undone])).toEqual([
        [2, 0],
        [1, 2],
      ]);
      await session.close();
    });
  });
});

describe('clean-up', () => {
  test('frees what only a deleted worldline had, and nothing else', async () => {
    await withHome(async (home) => {
      const kernel = await Kernel.start(home);
      const { session } = kernel;
      const one = await run(kernel, 'one');
      await session.branch('big');
      await session.switch('big');
      await run(kernel, 'b'.repeat(2_000_00));
      await session.switch('main');
      const two = await run(kernel, 'two');
      await session.delete('big');
      await session.resume('big');
      await session.switch('main');
      await session.delete('big');
      const { before, after, worldlines, checkpoints, notes } = await session.collect();
      expect({ worldlines, checkpoints, notes }).toEqual({ worldlines: ['big'], checkpoints: 1, notes: [] });
      expect(before.total - after.total).toBeGreaterThan(400_000);
      await expect(session.resume('big')).rejects.toThrow('no worldline');
      for (const [id, value] of [
        [one, 'one'],
        [two, 'two'],
      ] as const) {
        expect((await session.undo({ to: id })).restored.notes).toEqual([]);
        expect((await kernel.parts()).variables.get('x')).toBe(value);
        expect((await kernel.parts()).tables()[0]).toBe(value);
      }
      await session.close();
    });
  });

  test('does nothing while another kernel of the notebook runs, and drops earlier runs by age and size', async () => {
    await withHome(async (home) => {
      const first = await Kernel.start(home);
      await run(first, 'first');
      const second = await Kernel.start(home);
      await run(second, 'second');
      expect((await second.session.collect({ maxAge: 0 })).notes.join()).toContain('Another kernel');
      await first.session.close();
      const collected = await second.session.collect({ maxBytes: 1 });
      expect(collected.worldlines).toEqual(['main']);
      expect((await second.session.graph(0, 10)).worldlines.map((line) => line.name)).toEqual(['main']);
      await second.session.undo({ to: second.session.active.head });
      expect((await second.parts()).variables.get('x')).toBe('second');
      await second.session.close();
      const third = await Kernel.start(home);
      expect((await third.session.graph(0, 10)).worldlines.map((line) => line.name).sort()).toEqual([
        'main',
        'main',
      ]);
      await third.session.close();
    });
  });
});

describe('two kernels on one notebook', () => {
  test('each see what the other made, and never the same worldline change', async () => {
    await withHome(async (home) => {
      const a = await Kernel.start(home);
      await run(a, 'of a');
      const b = await Kernel.start(home);
      await run(b, 'of b');
      const lines = (await b.session.tree()).filter((line) => line.earlier);
      expect(lines).toMatchObject([{ name: 'main', inUse: true }]);
      await b.session.resume(lines[0]?.worldline ?? '');
      await run(b, 'b goes on');
      await run(a, 'a goes on');
      expect((await a.session.cells()).map((cell) => cell.source)).toEqual(['of a', 'a goes on']);
      expect((await b.session.cells()).map((cell) => cell.source)).toEqual(['of a', 'b goes on']);
      await Promise.all([a.session.close(), b.session.close()]);
    });
  });

  test('what another kernel still saves is waited for, and not taken as it was before', async () => {
    await withHome(async (home) => {
      const [a, b] = [await Kernel.start(home), await Kernel.start(home)];
      await run(a, 'one');
      const parts = await a.parts();
      const capture = parts.captureVariables.bind(parts);
      let release: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      parts.captureVariables = async () => {
        const taken = await capture();
        return taken && { ...taken, done: held.then(() => taken.done) };
      };
      parts.setVariable('x', 'two');
      const { checkpoint } = await a.session.commit(ran());
      const resumed = b.session.resume('main');
      const early = await Promise.race([resumed, b.session.graph(0, 1).then(() => null)]);
      expect(early).toBeNull();
      release();
      expect((await resumed).restored.notes).toEqual([]);
      expect((await b.parts()).variables.get('x')).toBe('two');
      expect(b.session.active.fork).toBe(checkpoint.id);
      await Promise.all([a.session.close(), b.session.close()]);
    });
  });

  test('a name means the worldline with something in it, not the empty one that another kernel began with', async () => {
    await withHome(async (home) => {
      const first = await Kernel.start(home);
      await run(first, 'one');
      await first.session.close();
      const other = await Kernel.start(home);
      await other.session.branch('idea');
      await other.session.switch('idea');
      await run(other, 'beside it');
      const later = await Kernel.start(home);
      await later.session.resume('main');
      expect((await later.parts()).variables.get('x')).toBe('one');
      await Promise.all([other.session.close(), later.session.close()]);
    });
  });

  test('a name means the worldline that went on, not the one that it goes on from, though a later kernel made that', async () => {
    await withHome(async (home) => {
      const first = await Kernel.start(home);
      await run(first, 'first');
      const later = await Kernel.start(home);
      await later.session.branchOff('idea');
      await run(later, 'one');
      await later.session.close();
      await first.session.resume('idea');
      await run(first, 'two');
      await first.session.close();
      const third = await Kernel.start(home);
      expect((await third.session.cells('idea')).map(({ source }) => source)).toEqual(['one', 'two']);
      await third.session.resume('idea');
      expect((await third.parts()).variables.get('x')).toBe('two');
      await third.session.close();
    });
  });

  test('neither deletes what the other works in, and a name that was deleted leads to the one that was not', async () => {
    await withHome(async (home) => {
      const first = await Kernel.start(home);
      await run(first, 'one');
      await first.session.close();
      const second = await Kernel.start(home);
      await run(second, 'two');
      const third = await Kernel.start(home);
      const [running] = (await third.session.tree()).filter((line) => line.earlier && line.inUse);
      await expect(third.session.delete(running?.worldline ?? '')).rejects.toThrow(/another kernel.*runs/);
      await second.session.close();
      await third.session.delete(running?.worldline ?? '');
      await third.session.close();
      const fourth = await Kernel.start(home);
      await fourth.session.branch('beside');
      await fourth.session.switch('beside');
      await fourth.session.rename('main', 'blank');
      expect((await fourth.session.cells('main')).map((cell) => cell.source)).toEqual(['one']);
      await fourth.session.close();
    });
  });

  test('a notebook that was moved or copied brings its worldlines along', async () => {
    await withHome(async (home) => {
      const original = await Kernel.start(home);
      const one = await run(original, 'one', { turns: ['one'] });
      await run(original, 'two', { turns: ['two'] });
      await original.session.close();
      const copy = await Kernel.start(home, { ...NOTEBOOK, path: '/elsewhere/copy.ipynb' });
      await expect(copy.session.resume(one)).rejects.toThrow();
      await copy.session.link(original.session.id);
      await copy.session.resume((await copy.session.tree()).find((line) => line.earlier)?.worldline ?? '');
      expect((await copy.parts()).variables.get('x')).toBe('two');
      expect(await copy.session.conversation()).toEqual(['one', 'two']);
      await run(copy, 'three', { turns: ['three'] });
      await copy.session.close();
      const cleaner = await Kernel.start(home);
      await cleaner.session.collect({ maxAge: 0 });
      await cleaner.session.close();
      const again = await Kernel.start(home, { ...NOTEBOOK, path: '/elsewhere/copy.ipynb' });
      await again.session.resume('main');
      await again.session.undo({ cells: 2 });
      expect((await again.parts()).tables()[0]).toBe('one');
      expect(await again.session.conversation()).toEqual(['one']);
      await again.session.close();
    });
  });

  test.each([true, false])(
    'a notebook that was renamed and a new one in its place each have their own; the first one still runs: %s',
    async (isRunning) => {
      await withHome(async (home) => {
        const at = (name: string) => ({ ...NOTEBOOK, path: join(home, `${name}.ipynb`) });
        const start = async (name: string): Promise<Kernel> => Kernel.start(home, at(name));
        await writeFile(at('Untitled').path, '{}');
        const first = await start('Untitled');
        const { session, notebook } = await first.session.link(first.session.id);
        await run(first, 'one');
        await rename(at('Untitled').path, at('analysis').path);
        if (!isRunning) {
          await first.session.close();
          const moved = await start('analysis');
          await moved.session.link(session, notebook);
          await moved.session.close();
        }
        await writeFile(at('Untitled').path, JSON.stringify({ metadata: {} }));
        const second = await start('Untitled');
        const other = await second.session.link(second.session.id);
        expect([other.session, other.notebook === notebook]).toEqual([session, false]);
        expect([await second.session.lastEarlier(), second.session.earlierRuns]).toEqual([null, 0]);
        const foreign = (await second.session.tree()).filter((line) => line.foreign);
        expect(foreign.map((line) => line.earlier)).toEqual([true]);
        await run(second, 'two');
        await second.session.close();
        if (isRunning) await first.session.close();

        const renamed = await start('analysis');
        expect((await renamed.session.link(session, notebook)).relation).not.toBe('copied');
        expect(renamed.session.takeNotes().join()).not.toContain('copy');
        await renamed.session.resume('main');
        expect((await renamed.parts()).variables.get('x')).toBe('one');
        await renamed.session.close();
        const again = await start('Untitled');
        await again.session.link(session, other.notebook);
        await again.session.resume((await again.session.lastEarlier())?.id ?? '');
        expect((await again.parts()).variables.get('x')).toBe('two');
        await again.session.close();
      });
    },
  );

  test('two kernels on a notebook that was never saved go on from each other, whichever runs first or ends', async () => {
    await withHome(async (home) => {
      const notebook = { ...NOTEBOOK, path: join(home, 'Untitled.ipynb') };
      await writeFile(notebook.path, '{}');
      const [a, b] = [await Kernel.start(home, notebook), await Kernel.start(home, notebook)];
      for (const { session } of [a, b]) await session.link(session.id);
      const resumed = async (kernel: Kernel): Promise<string | undefined> => {
        const { session } = kernel;
        await session.resume((await session.lastEarlier())?.id ?? 'nothing');
        return (await kernel.parts()).variables.get('x');
      };
      await run(a, 'one');
      expect(await resumed(b)).toBe('one');
      await run(b, 'two');
      expect(await resumed(a)).toBe('two');
      await b.session.close();
      const c = await Kernel.start(home, notebook);
      await c.session.link(c.session.id);
      expect(await resumed(c)).toBe('two');
      await Promise.all([a.session.close(), c.session.close()]);
    });
  });

  test('a notebook that was not saved since its kernel told what it is called is the same one', async () => {
    await withHome(async (home) => {
      const first = await Kernel.start(home);
      const { notebook } = await first.session.link(first.session.id);
      expect((await first.session.link(first.session.id)).notebook).toBe(notebook);
      await run(first, 'one');
      await first.session.close();
      const next = await Kernel.start(home);
      expect((await next.session.link(next.session.id)).notebook).toBe(notebook);
      expect((await next.session.lastEarlier())?.name).toBe('main');
      await next.session.close();
    });
  });
});

describe('exporting', () => {
  test('writes a notebook, with data, as code, and takes it back', async () => {
    await withHome(async (home) => {
      const kernel = await Kernel.start(home);
      const { session } = kernel;
      const outputs = [{ output_type: 'stream', name: 'stdout', text: 'hi' }];
      await run(kernel, '%%python\nprint("hi")', { outputs, executionCount: 1 });
      await run(kernel, 'How many?', {
        kind: 'ask',
        asCells: ['%%sql\nselect 1', '%%python\nx'],
        turns: ['t'],
      });
      const { file, data } = await session.export('main', join(home, 'out.ipynb'), { withData: true });
      expect(data).toBe(join(home, 'out_data'));
      // Anybody may have it whom the person lets.
      await writeFile(join(home, 'plain'), '');
      expect((await stat(file)).mode).toBe((await stat(join(home, 'plain'))).mode);
      const notebook = JSON.parse(await readFile(file, 'utf8')) as {
        cells: { source: string; outputs: unknown }[];
      };
      expect(notebook.cells.map((cell) => cell.source)).toEqual(['%%python\nprint("hi")', 'How many?']);
      expect(notebook.cells[0]?.outputs).toEqual(outputs);
      expect(await readFile(join(home, 'out_data', 'workspace', 'out.csv'), 'utf8')).toBe('How many?');
      const { file: code } = await session.export('main', join(home, 'code.ipynb'), { asCode: true });
      const cells = (JSON.parse(await readFile(code, 'utf8')) as { cells: { source: string }[] }).cells;
      expect(cells.map((cell) => cell.source)).toEqual([
        ...['%%python\nprint("hi")', '> How many?', '%%sql\nselect 1', '%%python\nx'],
      ]);
      const { worldline } = await session.import(file, 'taken-back');
      await session.switch(worldline.id);
      expect((await session.cells()).map((cell) => [cell.kind, cell.source])).toEqual([
        ['python', '%%python\nprint("hi")'],
        ['ask', 'How many?'],
      ]);
      expect(await session.conversation()).toEqual(['t']);
      expect((await session.artifacts()).map((artifact) => artifact.path)).toEqual(['out.csv']);
      await expect(session.export('main', join(home, 'x.txt'))).rejects.toThrow('.ipynb');
      await session.close();
    });
  });
});

describe('importing', () => {
  const notebook = (cells: unknown, metadata: unknown = {}): string =>
    JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells });

  test('a notebook of another kernel has cells of its language; what is no cell is left out', async () => {
    await withHome(async (home) => {
      const { session } = await Kernel.start(home);
      const code = { cell_type: 'code', metadata: {} };
      const theirs = [
        { cell_type: 'markdown', source: '# Title' },
        { ...code, source: ['import pandas\n', 'pandas'], outputs: [null, { output_type: 'stream' }] },
        { ...code, source: '%%sql\nselect 1', outputs: 'none', execution_count: 'x' },
        ...[{ ...code, source: 5 }, { ...code, source: [5] }, null, 3],
      ];
      await writeFile(join(home, 'a b.ipynb'), notebook(theirs, { kernelspec: { language: 'python' } }));
      const importAgain = async () => (await session.import(join(home, 'a b.ipynb'))).worldline.name;
      expect([await importAgain(), await importAgain()]).toEqual(['a-b', 'a-b~2']);
      expect(
        (await session.cells('a-b')).map(({ kind, source, outputs }) => [kind, source, outputs]),
      ).toEqual([
        ['python', 'import pandas\npandas', [{ output_type: 'stream' }]],
        ['sql', '%%sql\nselect 1', []],
      ]);
      await session.close();
    });
  });

  test('what is no notebook is told of, and one whose data cannot be loaded leaves no worldline', async () => {
    await withHome(async (home) => {
      const { session, host } = await Kernel.start(home);
      const file = join(home, 'x.ipynb');
      await expect(session.import(file)).rejects.toThrow('no such file');
      for (const [text, why] of [
        ['', 'only a part'],
        ['{"nbformat": 4, "cells": [', 'only a part'],
        ['null', 'format 4'],
        ['[]', 'format 4'],
        ['{"nbformat": 3, "worksheets": []}', 'format 4'],
        ['{"nbformat": 5, "cells": []}', 'format 4'],
      ] as const) {
        await writeFile(file, text);
        await expect(session.import(file)).rejects.toThrow(why);
      }
      await mkdir(join(home, 'x_data', 'tables'), { recursive: true });
      await writeFile(file, notebook([]));
      const broken = Object.assign(host, { importTables: () => Promise.reject(new Error('no Parquet')) });
      await expect(session.import(file)).rejects.toThrow('no Parquet');
      expect((await session.tree()).map((line) => line.name)).toEqual(['main']);
      Object.assign(broken, { importTables: () => Promise.resolve(['one']) });
      expect(await session.import(file)).toMatchObject({ worldline: { name: 'x' }, notes: ['one'] });
      await session.close();
    });
  });
});

describe('an export', () => {
  test('replaces an earlier export, and no notebook that somebody works in', async () => {
    await withHome(async (home) => {
      const kernel = await Kernel.start(home);
      const { session } = kernel;
      await run(kernel, 'one');
      const file = join(home, 'out.ipynb');
      await session.export('main', file);
      await run(kernel, 'two');
      await session.export('main', file, { withData: true });
      await writeFile(join(home, 'out_data', 'workspace', 'gone.csv'), '');
      await session.export('main', file, { withData: true });
      expect(existsSync(join(home, 'out_data', 'workspace', 'gone.csv'))).toBe(false);
      await mkdir(join(home, 'mine_data', 'workspace'), { recursive: true });
      await writeFile(join(home, 'mine_data', 'workspace', 'mine.csv'), 'mine');
      await expect(session.export('main', join(home, 'mine.ipynb'), { withData: true })).rejects.toThrow(
        /mine_data exists.*stays as it is/,
      );
      expect(await readFile(join(home, 'mine_data', 'workspace', 'mine.csv'), 'utf8')).toBe('mine');
      const notebook = JSON.parse(await readFile(file, 'utf8')) as { cells: unknown[]; metadata: object };
      expect(notebook.cells).toHaveLength(2);
      // As a front end saves it.
      const saved = JSON.stringify({ ...notebook, metadata: { ...notebook.metadata, language_info: {} } });
      for (const theirs of [saved, '{"cells": [], "metadata": {}}', '']) {
        await writeFile(file, theirs);
        await expect(session.export('main', file)).rejects.toThrow(/stays as it is\. Choose another name/);
        expect(await readFile(file, 'utf8')).toBe(theirs);
      }
      await session.close();
    });
  });
});

describe('a workspace', () => {
  test('is restored as it was; links and special names neither mislead nor break it', async () => {
    await withHome(async (home) => {
      const kernel = await Kernel.start(home);
      const { session } = kernel;
      const { workspace } = (await kernel.parts()).place;
      const outside = join(home, 'outside');
      await mkdir(outside);
      await writeFile(join(outside, 'secret'), 'secret');
      await mkdir(join(workspace, 'a/b'), { recursive: true });
      await mkdir(join(workspace, 'empty'));
      await writeFile(join(workspace, 'a/b/deep.txt'), 'deep');
      await writeFile(join(workspace, 'new\nline "quoted" ü.txt'), 'odd');
      await writeFile(Buffer.concat([Buffer.from(`${workspace}/`), Buffer.from([0xff, 0xfe])]), 'not UTF-8');
      await symlink(outside, join(workspace, 'link'));
      const { checkpoint, saved } = await session.commit(ran());
      expect((await saved).skipped).toMatchObject([{ reason: 'its name is not valid UTF-8' }]);
      expect((await session.artifacts()).map(({ path }) => path)).toEqual([
        'a/b/deep.txt',
        'new\nline "quoted" ü.txt',
      ]);

      await writeFile(join(workspace, 'a/later.txt'), 'later');
      await mkdir(join(workspace, 'later/folder'), { recursive: true });
      const { rm } = await import('node:fs/promises');
      await rm(join(workspace, 'a/b'), { recursive: true });
      await symlink(outside, join(workspace, 'a/b'));
      await rm(join(workspace, 'empty'), { recursive: true });
      await session.commit(ran());
      await session.undo({ to: checkpoint.id });
      expect(await readFile(join(workspace, 'a/b/deep.txt'), 'utf8')).toBe('deep');
      expect(existsSync(join(workspace, 'a/later.txt'))).toBe(false);
      expect(existsSync(join(workspace, 'later'))).toBe(false);
      expect(existsSync(join(workspace, 'empty'))).toBe(true);
      expect(existsSync(join(outside, 'deep.txt'))).toBe(false);
      expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('secret');
      await session.close();
    });
  });
});
