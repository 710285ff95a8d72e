import { EventEmitter, once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { ObjectStore } from '../../kernel/src/worldlines/objects/ObjectStore.js';
import { type FakeParts, ran } from './FakeHost.js';
import { Kernel, withHome } from './withSession.js';

async function withKernel(use: (kernel: Kernel, home: string) => Promise<void>): Promise<void> {
  await withHome(async (home) => {
    const kernel = await Kernel.start(home);
    await use(kernel, home);
    await kernel.session.close();
  });
}

/** Runs a cell that sets one value in every part of the active worldline. */
async function run(kernel: Kernel, value: string, source = value): Promise<string> {
  const { session } = kernel;
  await session.begin({ title: source, cellId: null });
  const parts = await kernel.parts();
  await session.ready('database');
  await session.ready('workspace');
  parts.setTable(0, value);
  parts.setVariable('x', value);
  parts.setFile('out.txt', value);
  const { checkpoint, saved } = await session.commit(
    ran({ source, turns: [{ role: 'user', text: source }] }),
  );
  expect((await saved).problems).toEqual([]);
  return checkpoint.id;
}

async function stateOf(kernel: Kernel): Promise<unknown> {
  const parts = await kernel.parts();
  const file = join(parts.place.workspace, 'out.txt');
  return {
    table: parts.tables()[0],
    x: parts.variables.get('x'),
    file: existsSync(file) ? readFileSync(file, 'utf8') : undefined,
  };
}
const all = (value: string | undefined) => ({ table: value, x: value, file: value });

describe('a session', () => {
  test('undo brings every part back, and redo by checkpoint', async () => {
    await withKernel(async (kernel) => {
      await run(kernel, 'one');
      const two = await run(kernel, 'two');
      await expect(kernel.session.undo({ cells: 5 })).rejects.toThrow(
        'Only 2 cells can be undone: %undo 2 goes',
      );
      expect(await stateOf(kernel)).toEqual(all('two'));
      await kernel.session.undo();
      expect(await stateOf(kernel)).toEqual(all('one'));
      const tooFar = kernel.session.undo({ steps: 2 });
      await expect(tooFar).rejects.toThrow('Only 1 step can be undone: %undo --step goes');
      await kernel.session.undo();
      expect(await stateOf(kernel)).toEqual(all(undefined));
      await expect(kernel.session.undo()).rejects.toThrow('nothing further to undo');
      await kernel.session.undo({ to: two });
      expect(await stateOf(kernel)).toEqual(all('two'));
    });
  });

  test('undo and branch wait until a state is recorded, and not until it is on the disk', async () => {
    const disk = new EventEmitter();
    const settle = jest
      .spyOn(ObjectStore.prototype, 'settle')
      .mockImplementation(() => once(disk, 'written').then(() => undefined));
    try {
      await withHome(async (home) => {
        const kernel = await Kernel.start(home);
        const { session } = kernel;
        for (const value of ['one', 'two']) {
          await session.begin({ title: value, cellId: null });
          (await kernel.parts()).setVariable('x', value);
          await session.commit(ran({ source: value }));
        }
        await session.undo();
        expect((await kernel.parts()).variables.get('x')).toBe('one');
        await session.branch('side');
        disk.emit('written');
        settle.mockRestore();
        await session.close();
      });
    } finally {
      settle.mockRestore();
    }
  });

  test('a cell begins when the state before it is recorded, however long that takes; it can be given up', async () => {
    await withKernel(async (kernel) => {
      const { session } = kernel;
      await run(kernel, 'one');
      const parts = await kernel.parts();
      const held = new EventEmitter();
      const flush = parts.flushDatabase.bind(parts);
      parts.flushDatabase = async () => {
        await once(held, 'go');
        return flush();
      };
      parts.setVariable('x', 'two');
      const { saved } = await session.commit(ran({ source: 'two' }));
      const stop = new AbortController();
      const begun = session.begin({ title: 'three', cellId: null }, stop.signal);
      stop.abort(new Error('stopped'));
      await expect(begun).rejects.toThrow('stopped');
      let state = 'not saved';
      const next = session.begin({ title: 'three', cellId: null }).then(() => state);
      state = 'saved';
      held.emit('go');
      await saved;
      expect(await next).toBe('saved');
    });
  });

  test.each([
    ['only read', () => undefined, []],
    [
      'changed something',
      (parts: FakeParts) => {
        parts.setVariable('x', 'two');
      },
      [expect.stringContaining('"looks" was saved')],
    ],
  ])('of a cell that %s and was not written yet, a kill takes what it changed', async (_, act, notes) => {
    await withHome(async (home) => {
      const kernel = await Kernel.start(home);
      const parts = await kernel.parts();
      parts.setVariable('x', 'one');
      await (
        await kernel.session.commit(ran({ source: 'one' }))
      ).saved;
      const held = new EventEmitter();
      const flush = parts.flushDatabase.bind(parts);
      parts.flushDatabase = async () => {
        await once(held, 'go');
        return flush();
      };
      // Its outputs are too long for its record, so that a second one has to follow.
      act(parts);
      await kernel.session.commit(ran({ source: 'looks', outputs: [{ text: 'long '.repeat(1000) }] }));
      // Without its lock, it has ended for all that others know.
      rmSync(join(home, 'notebooks', kernel.session.id, 'kernels'), { recursive: true });
      const next = await Kernel.start(home);
      await next.session.resume('main');
      const { restored } = await next.session.open();
      expect(restored.notes).toEqual(notes);
      expect((await next.parts()).variables.get('x')).toBe('one');
      await next.session.close();
      held.emit('go');
      await kernel.session.close();
    });
  });

  test('a cell that changed nothing has its state with its record, also where the kernel ends right after', async () => {
    await withHome(async (home) => {
      const first = await Kernel.start(home);
      const { session } = first;
      await run(first, 'one');
      const { checkpoint } = await session.commit(ran({ source: 'reads' }));
      const next = await Kernel.start(home);
      await next.session.resume('main');
      expect((await next.session.graph(0, 10)).checkpoints.map(({ id }) => id)).toContain(checkpoint.id);
      expect(await next.session.cells()).toHaveLength(2);
      expect(await stateOf(next)).toEqual(all('one'));
      expect(next.session.takeNotes()).toEqual([]);
      await next.session.close();
      await session.close();
    });
  });

  test('a file that somebody else writes goes into the next checkpoint, whatever its cell did', async () => {
    await withKernel(async (kernel) => {
      const { session } = kernel;
      await run(kernel, 'one');
      const parts = await kernel.parts();
      for (const text of ['two', 'six']) {
        parts.setFile('out.txt', text);
        parts.setFile(`${text}.txt`, text);
        const { checkpoint, saved } = await session.commit(ran({ source: text }));
        await saved;
        const { worldline } = await session.undo({ cells: 1 });
        expect(worldline.head).not.toBe(checkpoint.id);
        await session.undo({ to: checkpoint.id });
        expect(await stateOf(kernel)).toEqual({ ...all('one'), file: text });
        expect((await session.artifacts()).map(({ path }) => path)).toContain(`${text}.txt`);
      }
    });
  });

  test('a branch is independent, and its conversation is its own', async () => {
    await withKernel(async (kernel) => {
      const { session } = kernel;
      const one = await run(kernel, 'one');
      await run(kernel, 'two');
      await session.branch('other', one);
      await session.switch('other');
      expect(await stateOf(kernel)).toEqual(all('one'));
      await run(kernel, 'three');
      expect(await session.conversation()).toEqual([
        { role: 'user', text: 'one' },
        { role: 'user', text: 'three' },
      ]);
      await session.switch('main');
      expect(await stateOf(kernel)).toEqual(all('two'));
      await session.adopt('other');
      expect(await stateOf(kernel)).toEqual(all('three'));
      expect(await session.adopt('other')).toBeNull();
      expect(session.active.name).toBe('main');
    });
  });

  test('the next kernel goes on with the worldline that was used last, and not with the one that was made last', async () => {
    await withKernel(async (first, home) => {
      await run(first, 'one');
      await first.session.branch('idea');
      await first.session.switch('idea');
      await run(first, 'two');
      await first.session.switch('main');
      await run(first, 'three');
      await first.session.close();
      const second = await Kernel.start(home);
      expect(await second.session.lastEarlier()).toMatchObject({ name: 'main', earlier: true });
      await second.session.close();
    });
  });

  test('the next kernel goes on where the last one was when it ended, also where no cell ran there', async () => {
    await withKernel(async (first, home) => {
      for (let n = 0; n < 60; n++) await run(first, `cell ${n}`);
      await first.session.branch('idea');
      await first.session.switch('idea');
      await run(first, 'two');
      await first.session.switch('main');
      await first.session.close();
      // By the journal itself, and by its index, which the second one has read.
      for (let kernels = 0; kernels < 2; kernels++) {
        const next = await Kernel.start(home);
        expect(await next.session.lastEarlier()).toMatchObject({ name: 'main', earlier: true });
        await next.session.close();
      }
    });
  });

  test('however much of a cell cannot be kept, the rest is saved', async () => {
    await withKernel(async (kernel) => {
      const parts = await kernel.parts();
      parts.setVariable('x', 'kept');
      const names = Array.from({ length: 300_000 }, (_, n) => ({ name: `v${n}`, reason: 'cannot pickle' }));
      const capture = parts.captureVariables.bind(parts);
      parts.captureVariables = async () => {
        const taken = await capture();
        return taken && { ...taken, done: taken.done.then((done) => ({ ...done, lost: names })) };
      };
      const saved = await (await kernel.session.commit(ran())).saved;
      expect([saved.problems, saved.lost.length]).toEqual([[], names.length]);
    });
  });

  test('an earlier worldline is resumed by the next kernel, with everything in it', async () => {
    await withKernel(async (first, home) => {
      await run(first, 'one');
      await run(first, 'two');
      await first.session.close();
      const second = await Kernel.start(home);
      expect(second.session.earlierRuns).toBe(1);
      expect(second.session.active.name).toBe('main');
      expect(await stateOf(second)).toEqual(all(undefined));
      await second.session.resume('main');
      expect(second.session.active).toMatchObject({ name: 'main', earlier: false });
      expect(await stateOf(second)).toEqual(all('two'));
      await second.session.undo();
      expect(await stateOf(second)).toEqual(all('one'));
      const page = await second.session.graph(0, 10);
      expect(page.total).toBe(4);
      expect(page.worldlines.filter((line) => !line.deleted).map((line) => line.name)).toEqual(['main']);
      await second.session.close();
    });
  });

  test('a worldline tells all that it goes on from, one kernel after the other, the nearest first', async () => {
    await withKernel(async (first, home) => {
      await run(first, 'one');
      const ids = [first.session.active.id];
      await first.session.close();
      for (let kernel = 0; kernel < 2; kernel++) {
        const next = await Kernel.start(home);
        await next.session.resume('main');
        expect(next.session.active.continues).toEqual(ids);
        ids.unshift(next.session.active.id);
        await next.session.close();
      }
    });
  });

  test('a cell that still runs while the session closes makes no checkpoint, and is told of by the next kernel', async () => {
    await withHome(async (home) => {
      const kernel = await Kernel.start(home);
      await run(kernel, 'one');
      await kernel.session.begin({ title: 'endless', cellId: null });
      const closing = kernel.session.close();
      await expect(kernel.session.commit(ran({ source: 'endless' }))).rejects.toThrow(
        /ended before the cell/,
      );
      await closing;
      const next = await Kernel.start(home);
      await next.session.resume('main');
      expect(next.session.takeNotes().join()).toContain('"endless" was running');
      expect(await stateOf(next)).toMatchObject({ table: 'one', x: 'one', file: 'one' });
      await next.session.close();
    });
  });

  test('a run that was going on when its kernel ended is told of, and how far its steps are kept', async () => {
    await withHome(async (home) => {
      const kernel = await Kernel.start(home);
      await run(kernel, 'one');
      await kernel.session.begin({ title: 'a question', cellId: null });
      (await kernel.parts()).setTable(0, 'step');
      await (
        await kernel.session.commit(ran({ kind: 'step', source: '%%sql\ncreate table t' }))
      ).saved;
      // As after a kill.
      const next = await Kernel.start(home);
      await next.session.resume('main');
      expect(next.session.takeNotes().join()).toMatch(
        /"a question" was running.*: its steps up to "%%sql create table t" are kept/,
      );
      expect(await stateOf(next)).toMatchObject({ table: 'step', x: 'one' });
      await next.session.undo();
      expect(await stateOf(next)).toEqual(all('one'));
      await next.session.close();
      await kernel.session.close();
    });
  });

  test('a single undo takes back a whole run, --step its last step', async () => {
    await withKernel(async (kernel) => {
      const { session } = kernel;
      await run(kernel, 'before');
      for (const step of ['a', 'b']) {
        await session.ready('database');
        (await kernel.parts()).setTable(0, step);
        await session.commit(ran({ kind: 'step', source: step, run: { checkpoint: 'a-run', step } }));
      }
      const ask = await session.commit(ran({ id: 'a-run', kind: 'ask', source: 'a question' }));
      await session.undo({ steps: 1 });
      expect(await stateOf(kernel)).toEqual({ ...all('before'), table: 'a' });
      await session.undo({ to: ask.checkpoint.id });
      expect((await kernel.parts()).tables()[0]).toBe('b');
      await session.undo();
      expect(await stateOf(kernel)).toEqual(all('before'));
    });
  });

  test('what ran after a step that was gone back to is undone alone', async () => {
    await withKernel(async (kernel) => {
      const { session } = kernel;
      const step = async (of: string, name: string): Promise<void> => {
        await session.ready('database');
        (await kernel.parts()).setTable(0, name);
        await session.commit(ran({ kind: 'step', source: name, run: { checkpoint: of, step: name } }));
      };
      const ask = (id: string) => session.commit(ran({ id, kind: 'ask', source: 'a question' }));
      await run(kernel, 'before');
      for (const name of ['a', 'b']) await step('one-run', name);
      await ask('one-run');
      await session.undo({ steps: 1 });
      const atStep = { ...all('before'), table: 'a' };
      const sources = async () => (await session.ran()).map(({ source }) => source);
      expect(await sources()).toEqual(['before', 'a']);
      expect(await session.tree()).toMatchObject([{ cells: 1, undone: 1, steps: 1 }]);
      await run(kernel, 'after');
      expect(await sources()).toEqual(['before', 'a', 'after']);
      await session.undo();
      expect(await stateOf(kernel)).toEqual(atStep);
      await step('other', 'c');
      await ask('other');
      await session.undo();
      expect(await stateOf(kernel)).toEqual(atStep);
      await session.undo();
      expect(await stateOf(kernel)).toEqual(all('before'));
    });
  });

  test('names are checked; deleting is undoable; the active one stays', async () => {
    await withKernel(async (kernel) => {
      const { session } = kernel;
      const one = await run(kernel, 'one');
      await session.branch('b');
      await expect(session.branch('b')).rejects.toThrow('already');
      for (const name of [
        '../x',
        '..',
        '?',
        '-x',
        'a b',
        'x'.repeat(65),
        'a\u200bb',
        'a\u202eb',
        'a\u001b[2J',
      ]) {
        await expect(session.branch(name)).rejects.toThrow("worldline's name");
      }
      for (const name of ['données', '日本', '12', '👩‍💻', '2026-11-30']) await session.branch(name);
      await expect(session.branch(one.slice(0, 8))).rejects.toThrow('is a checkpoint');
      await expect(session.delete('main')).rejects.toThrow('active');
      await session.delete('b');
      await expect(session.switch('b')).rejects.toThrow('deleted');
      await session.resume('b');
      expect(await stateOf(kernel)).toEqual(all('one'));
      await session.rename('b', 'better');
      expect(session.active.name).toBe('better');
      await expect(session.switch('nowhere')).rejects.toThrow('no worldline "nowhere"');
    });
  });
});
