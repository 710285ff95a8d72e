import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ran } from './FakeHost.js';
import { Kernel } from './withSession.js';

/** A file system of a few megabytes; null where we may not mount one. */
function smallDisk(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'worldlines-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmdirSync(folder);
    return null;
  }
}

const disk = smallDisk();
(disk === null ? describe.skip : describe)('a full disk', () => {
  test('costs no earlier checkpoint, is told, and is made up for once there is room', async () => {
    const home = disk ?? '';
    try {
      const kernel = await Kernel.start(join(home, 'store'));
      const { session } = kernel;
      const parts = await kernel.parts();
      parts.setTable(0, 'one');
      parts.setVariable('x', 'one');
      const one = await session.commit(ran({ source: 'one' }));
      expect((await one.saved).problems).toEqual([]);

      parts.setTable(0, 'two');
      fill(join(home, 'ballast'));
      await session.commit(ran({ source: 'two', outputs: [{ text: 'x'.repeat(100_000) }] })).then(
        async ({ saved }) => {
          expect((await saved).problems.join()).toMatch(/could not be saved/);
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
    } finally {
      execFileSync('umount', [home]);
      rmdirSync(home);
    }
  });
});

/** Takes all the room that there is, down to the last block. */
function fill(path: string): void {
  for (const size of [1024 * 1024, 4096, 1]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}
