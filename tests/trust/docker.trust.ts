import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { KernelClient } from '../support/KernelClient.js';
import { containersOf } from '../support/processes.js';
import { tried } from '../support/tries.js';
import { saved } from '../faults/saved.js';
import { errorOf, shown, withKernel } from '../integration/withKernel.js';
import { Daemon } from '../support/Daemon.js';

const MINUTES = 300_000;
const daemon = new Daemon();
beforeAll(async () => {
  await daemon.start();
  daemon.load();
}, MINUTES);
afterAll(() => daemon.remove(), MINUTES);

/** Starts a cell that never ends by itself; resolves when it runs, with its end to be awaited. */
async function endless(kernel: KernelClient): Promise<{ readonly end: ReturnType<KernelClient['execute']> }> {
  const said = kernel.next(
    ({ type, content }) => type === 'stream' && String(content['text']).includes('go'),
    MINUTES,
  );
  const end = kernel.execute('%%python\nprint("go", flush=True)\nwhile True: pass', { timeout: MINUTES });
  await said;
  return { end };
}

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'dockerd ended by %s in mid-cell costs the cell; it is told, SQL works on, and the next Python cell has its variables',
  async (signal) => {
    await withKernel(
      async ({ kernel, restart }) => {
        await kernel.execute('%%python\nkept = [1, 2, 3]', { timeout: MINUTES });
        await kernel.execute('%%sql create table t as select 42 as answer');
        await saved(kernel, 2);
        const { end } = await endless(kernel);
        await daemon.stop(signal);
        const cell = await end;
        expect(cell.status).toBe('error');
        const without = await kernel.execute('%%python\n1', { timeout: MINUTES });
        expect(errorOf(without)).toMatch(/Docker/);
        expect(shown(await kernel.execute('%doctor'))).toMatch(/Docker/);
        expect(shown(await kernel.execute('%%sql from t'))).toContain('42');
        await daemon.start();
        const next = await kernel.execute('%%python\nprint(kept)', { timeout: MINUTES });
        expect(next.status === 'ok' ? next.stdout : errorOf(next)).toBe('[1, 2, 3]\n');
        await restart();
        expect(containersOf(kernel.process.pid, daemon.env)).toEqual([]);
      },
      { env: { DOCKER_HOST: daemon.host } },
    );
  },
  MINUTES,
);

test(
  'dockerd stopped and started between cells costs nothing and is told, time after time',
  () =>
    withKernel(
      async ({ kernel }) => {
        await kernel.execute('%%python\nn = 0', { timeout: MINUTES });
        await saved(kernel, 1);
        for (let round = 1; round <= 2; round += 1) {
          await daemon.stop('SIGTERM');
          await daemon.start();
          const cell = await kernel.execute('%%python\nn += 1\nprint(n)', { timeout: MINUTES });
          expect(cell.status === 'ok' ? cell.stdout : errorOf(cell)).toBe(`${round}\n`);
          expect(cell.stderr + cell.stdout).toContain('started anew');
          await saved(kernel, round + 1);
        }
        tried(2);
      },
      { env: { DOCKER_HOST: daemon.host } },
    ),
  MINUTES,
);
