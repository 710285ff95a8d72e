import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { fillDisk } from '../support/fillDisk.js';
import { canMount } from '../support/sharedDisk.js';
import { ran, type FakeParts } from './FakeHost.js';
import { Kernel } from './withSession.js';

/** A file system of a few megabytes. */
async function withSmallDisk(use: (home: string) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'worldlines-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', home]);
  try {
    await use(home);
  } finally {
    // Lazily: where a test failed, a session still has files open.
    execFileSync('umount', ['--lazy', home]);
    rmdirSync(home);
  }
}

(canMount ? describe : describe.skip)('a full disk', () => {
  test('costs no earlier checkpoint, is told, and is made up for once there is room', async () => {
    await withSmallDisk(async (home) => {
      const kernel = await Kernel.start(join(home, 'store'));
      const { session } = kernel;
      const parts = await kernel.parts();
      parts.setTable(0, 'one');
      parts.setVariable('x', 'one');
      const one = await session.commit(ran({ source: 'one' }));
      expect((await one.saved).problems).toEqual([]);

      parts.setTable(0, 'two');
      fillDisk(join(home, 'ballast'));
      await session.commit(ran({ source: 'two', outputs: [{ text: 'x'.repeat(100_000) }] })).then(
        async ({ recorded, saved }) => {
          const early = [...(await recorded).problems];
          const all = (await saved).problems;
          expect(all.join()).toMatch(/could not be saved/);
          // What comes up later stands behind what was told already.
          expect(all.slice(0, early.length)).toEqual(early);
          expect((await recorded).problems).toEqual(early);
        },
        (error: unknown) => {
          expect(String(error)).toMatch(/disk is full/);
        },
      );
      rmSync(join(home, 'ballast'));

      const three = await session.commit(ran({ source: 'three' }));
      expect((await three.saved).problems).toEqual([]);
      await session.undo({ to: one.checkpoint.id });
      expect(parts.tables()[0]).toBe('one');
      await session.undo({ to: three.checkpoint.id });
      expect(parts.tables()[0]).toBe('two');
      await session.close();

      const next = await Kernel.start(join(home, 'store'));
      await next.session.resume('main');
      expect((await next.parts()).tables()[0]).toBe('two');
      expect(next.session.takeNotes()).toEqual([]);
      await next.session.close();
    });
  });
});

(canMount ? describe : describe.skip)('a disk that becomes full between a part and what tells of it', () => {
  const many = Array.from({ length: 40 }, (_, index) => index);
  const fillOnce = (ballast: string): (() => void) => {
    let full = false;
    return () => {
      if (!full) fillDisk(ballast);
      full = true;
    };
  };

  test.each([
    [
      'variables',
      'x39',
      (parts: FakeParts, fillNow: () => void) => {
        for (const index of many) parts.setVariable(`x${index}`, 'two');
        const capture = parts.captureVariables.bind(parts);
        parts.captureVariables = async () => {
          const taken = await capture();
          return taken && { ...taken, done: taken.done.finally(fillNow) };
        };
      },
    ],
    [
      'tables',
      't39',
      (parts: FakeParts, fillNow: () => void) => {
        for (const index of many) parts.setTable(index, 'two');
        const flush = parts.flushDatabase.bind(parts);
        parts.flushDatabase = async () => {
          const changed = await flush();
          if (changed === null) return null;
          const toJSON = (): unknown => {
            fillNow();
            return [...changed.tables];
          };
          return { tables: Object.assign([...changed.tables], { toJSON }) };
        };
      },
    ],
  ])('does not let the next cell forget %s', async (_, last, change) => {
    await withSmallDisk(async (home) => {
      const ballast = join(home, 'ballast');
      const kernel = await Kernel.start(join(home, 'store'));
      const { session } = kernel;
      const parts = await kernel.parts();
      parts.setTable(0, 'one');
      parts.setVariable('x0', 'one');
      const one = await session.commit(ran({ source: 'one' }));
      await one.saved;

      change(parts, fillOnce(ballast));
      const two = await session.commit(ran({ source: 'two' }));
      expect((await two.saved).problems.join()).toMatch(/could not be saved/);
      rmSync(ballast);
      // Who has a full disk cleans up: what only the open worldline knows of has to stay.
      await session.collect();
      const three = await session.commit(ran({ source: 'three' }));
      expect((await three.saved).problems).toEqual([]);
      const now = [...parts.tables(), ...parts.variables.values()];
      expect(now).toContain('two');
      const compared = await session.compare(one.checkpoint.id, three.checkpoint.id);
      expect(JSON.stringify(compared)).toContain(last);
      await session.close();

      const next = await Kernel.start(join(home, 'store'));
      await next.session.resume('main');
      const restored = await next.parts();
      expect([...restored.tables(), ...restored.variables.values()]).toEqual(now);
      await next.session.close();
    });
  });

  test('does not let the next cell forget variables of a cell whose record could not be written', async () => {
    await withSmallDisk(async (home) => {
      const kernel = await Kernel.start(join(home, 'store'));
      const { session } = kernel;
      const parts = await kernel.parts();
      parts.setVariable('x', 'one');
      await (
        await session.commit(ran({ source: 'one' }))
      ).saved;

      parts.setVariable('x', 'two');
      fillDisk(join(home, 'ballast'));
      await expect(session.commit(ran({ asCells: ['x'.repeat(100_000)] }))).rejects.toThrow(/disk is full/);
      rmSync(join(home, 'ballast'));
      expect((await (await session.commit(ran({ source: 'three' }))).saved).problems).toEqual([]);
      await session.close();

      const next = await Kernel.start(join(home, 'store'));
      await next.session.resume('main');
      expect((await next.parts()).variables.get('x')).toBe('two');
      await next.session.close();
    });
  });
});
