import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { ran } from './FakeHost.js';
import { Kernel, withHome } from './withSession.js';

const RUN = 200_000;

/** A cell that changes every part, and leaves so many bytes at least. */
async function run(kernel: Kernel, value: string): Promise<void> {
  const parts = await kernel.parts();
  parts.setTable(0, value);
  parts.setVariable('x', value);
  parts.setFile('out.csv', value.repeat(RUN / value.length));
  const { saved } = await kernel.session.commit(ran({ source: value }));
  expect((await saved).problems).toEqual([]);
}

/** Leaves a worldline with a cell of its own, and deleted. */
async function branchAndDelete(kernel: Kernel, name: string): Promise<void> {
  await kernel.session.branch(name);
  await kernel.session.switch(name);
  await run(kernel, 'of no use');
  await kernel.session.switch('main');
  await kernel.session.delete(name);
}

async function names(kernel: Kernel): Promise<string[]> {
  const { worldlines } = await kernel.session.graph(0, 0);
  return worldlines.filter(({ deleted }) => !deleted).map(({ name }) => name);
}

async function journals(home: string, kernel: Kernel): Promise<number> {
  return (await readdir(join(home, 'notebooks', kernel.session.id, 'journals'))).length;
}

test('however many kernels come and go, the store stays within its size, and the latest runs are whole', () =>
  withHome(async (home) => {
    const limits = { maxBytes: 4 * RUN };
    for (let n = 0; n < 12; n += 1) {
      const kernel = await Kernel.start(home);
      await run(kernel, `a ${n}`);
      await run(kernel, `b ${n}`);
      await kernel.session.close(limits);
      expect((await kernel.session.sizes()).total).toBeLessThan(limits.maxBytes);
    }
    const last = await Kernel.start(home);
    // Each run takes two of the four parts, and its records besides: one is left, with the journal that dropped the others.
    expect(await journals(home, last)).toBeLessThanOrEqual(2);
    await last.session.resume('main');
    expect((await last.parts()).variables.get('x')).toBe('b 11');
    await last.session.undo();
    expect((await last.parts()).variables.get('x')).toBe('a 11');
    expect((await last.session.cells()).map(({ source }) => source)).toEqual(['a 11']);
    await last.session.close();
  }));

test('what a kernel made itself it keeps, whatever the limits, and what was deleted goes first', () =>
  withHome(async (home) => {
    const first = await Kernel.start(home);
    await run(first, 'oldest');
    await branchAndDelete(first, 'gone');
    expect(await first.session.close({ maxBytes: 1, maxAge: 0 })).toBeNull();
    const second = await Kernel.start(home);
    await run(second, 'newer');
    await second.session.close();
    const { total } = await second.session.sizes();
    const third = await Kernel.start(home);
    await run(third, 'newest');
    // There is a third more, and one of four has to go.
    const cleaned = await third.session.close({ maxBytes: 1.1 * total });
    expect(cleaned?.worldlines).toEqual(['gone']);
    const idle = await Kernel.start(home);
    expect(idle.session.takeNotes().join()).toMatch(/^One worldline of the oldest runs went.*keep-size/);
    expect(await names(idle)).toEqual(['main', 'main', 'main', 'main']);
    expect(await idle.session.close({ maxBytes: 1, maxAge: 0 })).toBeNull();
    const fourth = await Kernel.start(home);
    expect(fourth.session.takeNotes()).toEqual([]);
    await run(fourth, 'last');
    expect((await fourth.session.close({ maxAge: 0 }))?.worldlines).toHaveLength(3);
    const fifth = await Kernel.start(home);
    await fifth.session.resume('main');
    expect((await fifth.parts()).variables.get('x')).toBe('last');
    await fifth.session.close();
  }));

test('nothing goes while another kernel of the notebook runs', () =>
  withHome(async (home) => {
    const old = await Kernel.start(home);
    await run(old, 'old');
    await old.session.close();
    const [ending, other] = [await Kernel.start(home), await Kernel.start(home)];
    await run(ending, 'ending');
    await run(other, 'other');
    const cleaned = await ending.session.close({ maxBytes: 1 });
    expect(cleaned).toMatchObject({ worldlines: [], checkpoints: 0 });
    expect(cleaned?.notes.join()).toContain('Another kernel');
    expect((await other.session.close({ maxBytes: 1 }))?.worldlines).toEqual(['main', 'main']);
  }));

test('what was dropped stays so after the run that dropped it is gone as well', () =>
  withHome(async (home) => {
    const first = await Kernel.start(home);
    await run(first, 'kept');
    await branchAndDelete(first, 'gone');
    const kept = first.session.activeWorldline;
    await first.session.close();
    const dropping = await Kernel.start(home);
    await run(dropping, 'dropping');
    expect((await dropping.session.collect()).worldlines).toEqual(['gone']);
    await dropping.session.close();
    const third = await Kernel.start(home);
    await third.session.resume(kept);
    await run(third, 'goes on');
    expect((await third.session.close({ maxAge: 0 }))?.worldlines).toEqual(['main', 'main']);
    const fourth = await Kernel.start(home);
    const { worldlines } = await fourth.session.graph(0, 0);
    expect(worldlines.map(({ name }) => name)).not.toContain('gone');
    await fourth.session.resume('main');
    await fourth.session.undo();
    expect((await fourth.parts()).variables.get('x')).toBe('kept');
    await fourth.session.close();
  }));

test('a run whose clock was set back is as new as it is, and not as old as it says', () =>
  withHome(async (home) => {
    const DAY = 86_400_000;
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now');
    const runAt = async (days: number, value: string): Promise<Kernel> => {
      clock.mockReturnValue(now + days * DAY);
      const kernel = await Kernel.start(home);
      await run(kernel, value);
      return kernel;
    };
    try {
      await (await runAt(-60, 'old')).session.close();
      await (await runAt(-1, 'before')).session.close();
      await (await runAt(-4000, 'set back')).session.close();
      const last = await runAt(0, 'last');
      expect((await last.session.close({ maxAge: 30 * DAY }))?.worldlines).toEqual(['main']);
      const { total } = await last.session.sizes();
      const next = await runAt(0, 'next');
      // There is a third more: one has to go, and the oldest is the one before.
      expect((await next.session.close({ maxBytes: 1.1 * total }))?.worldlines).toEqual(['main']);
      const { checkpoints } = await (await Kernel.start(home)).session.graph(0, 100);
      const left = checkpoints.filter(({ kind }) => kind !== 'root').map(({ title }) => title);
      expect(left).toEqual(['next', 'last', 'set back']);
    } finally {
      clock.mockRestore();
    }
  }));
