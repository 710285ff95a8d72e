import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { saved } from '../faults/saved.js';
import { shown, withKernel } from '../integration/withKernel.js';
import { startModelServer } from '../support/model-server.js';
import { descendants } from '../support/processes.js';
import { tried } from '../support/tries.js';

const MINUTES = 180_000;

/** Debian's libfaketime for programs of several threads. */
function faketime(): string {
  const found = readdirSync('/usr/lib')
    .map((name) => join('/usr/lib', name, 'faketime/libfaketimeMT.so.1'))
    .find((file) => existsSync(file));
  if (found === undefined) throw new Error('libfaketime is missing: apt-get install libfaketime');
  return found;
}

/** Runs with a clock that `set` moves by so many seconds; `monotonic` moves timers with it, as a suspended machine does. */
async function withClock(
  monotonic: boolean,
  body: (env: Record<string, string>, set: (seconds: number) => void) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'worldline-clock-'));
  const file = join(folder, 'offset');
  const set = (seconds: number): void => {
    writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}`);
  };
  set(0);
  const env = {
    LD_PRELOAD: faketime(),
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    ...(monotonic ? {} : { FAKETIME_DONT_FAKE_MONOTONIC: '1' }),
  };
  try {
    await body(env, set);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const JUMPS = [3600, -86_400, 31_536_000, -3600, 0];

test(
  'a clock that jumps an hour, a day, a year, forth and back: cells run in order, undo and resume find them',
  () =>
    withClock(false, (env, set) =>
      withKernel(
        async ({ kernel, restart }) => {
          await kernel.execute('%%sql create table t (i int)');
          for (const [at, jump] of JUMPS.entries()) {
            set(jump);
            expect((await kernel.execute(`%%sql insert into t values (${at})`)).status).toBe('ok');
            expect((await kernel.execute(`%%python\nlast = ${at}`)).status).toBe('ok');
          }
          await kernel.execute('%undo 2');
          expect(shown(await kernel.execute('%%sql select max(i) as m from t'))).toContain('3');
          expect((await kernel.execute('%%python\nprint(last)')).stdout).toContain('3');
          const next = await restart();
          expect((await next.execute('%resume')).status).toBe('ok');
          expect(shown(await next.execute('%%sql select count(*) as n from t'))).toContain('4');
          tried(JUMPS.length);
        },
        { env },
      ),
    ),
  MINUTES,
);

test(
  'a machine that slept for hours in the middle of a cell: the cell ends, the next works, the session is there',
  async () => {
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const server = await startModelServer({ script: [{ text: 'Good morning.', holdHalfway: held }] });
    const model = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'test-key', WORLDLINE_MODEL: 'scripted' };
    try {
      await withClock(true, (env, set) =>
        withKernel(
          async ({ kernel }) => {
            await kernel.execute('%%python\nkept = 42');
            await saved(kernel, 1);
            const half = kernel.next(({ content }) => JSON.stringify(content).includes('Good'), MINUTES);
            const running = kernel.execute('Good night?', { timeout: MINUTES });
            await half;
            const all = [kernel.process.pid, ...descendants(kernel.process.pid)];
            for (const pid of all) process.kill(pid, 'SIGSTOP');
            set(8 * 3600);
            goOn();
            for (const pid of all.reverse()) process.kill(pid, 'SIGCONT');
            expect(['ok', 'error']).toContain((await running).status);
            expect((await kernel.execute('%%sql select 1 as a', { timeout: MINUTES })).status).toBe('ok');
            const cell = await kernel.execute('%%python\nprint(kept)', { timeout: MINUTES });
            expect(cell.stdout).toContain('42');
          },
          { env: { ...env, ...model } },
        ),
      );
    } finally {
      await server.close();
    }
  },
  MINUTES,
);

test(
  'containers that were paused and go on are used as before',
  () =>
    withKernel(async ({ kernel }) => {
      await kernel.execute('%%python\nn = 1');
      const said = kernel.next(
        ({ type, content }) => type === 'stream' && String(content['text']).includes('go'),
      );
      const running = kernel.execute('%%python\nprint("go", flush=True)\nn += 1\nprint(n)');
      await said;
      const filter = `label=worldline.pid=${kernel.process.pid}`;
      const ids = execFileSync('docker', ['ps', '-q', '--filter', filter], { encoding: 'utf8' })
        .split('\n')
        .filter(Boolean);
      for (const word of ['pause', 'unpause']) execFileSync('docker', [word, ...ids], { stdio: 'ignore' });
      expect((await running).stdout).toContain('2');
      expect((await kernel.execute('%%python\nprint(n)')).stdout).toBe('2\n');
    }),
  MINUTES,
);
