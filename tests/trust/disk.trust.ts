import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { errorOf, shown, withKernel } from '../integration/withKernel.js';
import { saved } from '../faults/saved.js';

const MINUTES = 180_000;
const disk = mkdtempSync('/tmp/wl-disk-');
beforeAll(() => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk]);
});
afterAll(() => {
  execFileSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true });
});

/** Takes all the room that there is, down to the last block. */
function fill(): void {
  for (const size of [1024 * 1024, 4096, 1]) {
    try {
      for (;;) writeFileSync(join(disk, 'ballast'), Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}

test(
  'a disk that fills up costs no earlier cell; it is told, and once there is room the next cells work',
  () => {
    const home = join(disk, 'home');
    mkdirSync(home);
    return withKernel(
      async ({ kernel, restart }) => {
        await kernel.execute('%%sql create table kept as select range as i from range(1000)');
        await kernel.execute('%%python\nx = 41');
        await saved(kernel, 2);
        fill();
        const told: string[] = [];
        for (const code of [
          '%%sql create table big as select range as i, random()::varchar as s from range(200000)',
          '%%python\nimport os\ny = os.urandom(1_000_000)\nprint("ran")',
          '%%sql select count(*) as n from kept',
        ]) {
          const cell = await kernel.execute(code, { timeout: MINUTES });
          told.push(cell.status === 'error' ? errorOf(cell) : shown(cell));
        }
        expect(told.join('\n')).toMatch(/disk is full|no space left|could not be saved/i);
        rmSync(join(disk, 'ballast'));
        expect(shown(await kernel.execute('%%sql select count(*) as n from kept'))).toContain('1000');
        expect((await kernel.execute('%%python\nprint(x + 1)')).stdout).toContain('42');
        expect((await kernel.execute('%%sql create table after as select 1 as a')).status).toBe('ok');
        const next = await restart();
        expect((await next.execute('%resume')).status).toBe('ok');
        expect(shown(await next.execute('%%sql select count(*) as n from kept, after'))).toContain('1000');
        expect((await next.execute('%%python\nprint(x + 1)')).stdout).toContain('42');
      },
      { env: { WORLDLINE_HOME: home } },
    );
  },
  MINUTES,
);

test(
  'a database that a full disk kept from being made is made once there is room',
  () => {
    const home = join(disk, 'new');
    mkdirSync(home);
    return withKernel(
      async ({ kernel }) => {
        await kernel.execute('%%python\nx = 41', { timeout: MINUTES });
        fill();
        expect((await kernel.execute('%%sql create table t as select 1 as a')).status).toBe('error');
        rmSync(join(disk, 'ballast'));
        expect((await kernel.execute('%%sql create table t as select 42 as a')).status).toBe('ok');
        expect(shown(await kernel.execute('%%sql from t'))).toContain('42');
      },
      { env: { WORLDLINE_HOME: home } },
    );
  },
  MINUTES,
);
