import { setTimeout } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { resultOf, shown, withKernel, type Notebook } from '../integration/withKernel.js';
import type { KernelClient } from '../support/KernelClient.js';
import { saved } from './saved.js';

/** Kills in the suite; more with WORLDLINE_KERNEL_KILLS. */
const KILLS = Number(process.env['WORLDLINE_KERNEL_KILLS'] ?? 2);
/** Cells that are sent before each. */
const BURST = 6;

/** What of a cell the person is shown, where its state is lost. */
const shownOf = (n: number): string => (n % 2 === 1 ? `values (${n})` : `# cell ${n}`);

/** Cell n: odd ones write to the table, even ones to a variable and a file. */
function cell(n: number): string {
  return n % 2 === 1
    ? `%%sql\ninsert into t values (${n})`
    : `%%python\nx = ${n} # cell ${n}\n_ = open("x.txt", "w").write("${n}")`;
}

/** Sends cells and kills the kernel at a moment that nobody chose; gives the last that was answered. */
async function runAndKill(kernel: KernelClient, from: number): Promise<number> {
  let answered = from;
  const running = Array.from({ length: BURST }, async (_, n) => {
    const { status } = await kernel.execute(cell(from + n + 1));
    if (status === 'ok') answered = from + n + 1;
  });
  const all = Promise.allSettled(running);
  await Promise.race([all, setTimeout(Math.random() * 500)]);
  const said = answered;
  kernel.process.signal('SIGKILL');
  await kernel.process.exited;
  await kernel.close();
  return said;
}

/** The cell after which the state is: table, variable and file are never of different ones. */
async function stateOf(kernel: KernelClient): Promise<number> {
  const table = resultOf(
    await kernel.execute("%%sql select coalesce(max(i), 0) || ':' || count(*) as s from t"),
  );
  const [, last = '', count = ''] = /(\d+):(\d+)/.exec(table) ?? [];
  const stdout = shown(await kernel.execute('%%python\nprint(x, open("x.txt").read())'));
  expect(stdout).toMatch(/^\d+ \d+\n$/);
  const [x = '', file = ''] = stdout.trim().split(' ');
  expect(file).toBe(x);
  const state = Math.max(Number(last), Number(x));
  expect({ last: Number(last), count: Number(count) }).toEqual({
    last: Math.max(0, state - ((state + 1) % 2)),
    count: Math.ceil(state / 2),
  });
  expect(Number(x)).toBe(state - (state % 2));
  return state;
}

async function begin({ kernel }: Notebook): Promise<void> {
  await kernel.execute('%%sql create table t (i integer)');
  await kernel.execute('%%python\nx = 0\n_ = open("x.txt", "w").write("0")');
  await saved(kernel, 2);
}

test(
  'a real kernel that is killed at any moment opens again at a whole state; it is short of the cell that ran at most, and says so',
  () =>
    withKernel(async (notebook) => {
      await begin(notebook);
      let { kernel } = notebook;
      let from = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const answered = await runAndKill(kernel, from);
        kernel = await notebook.startAgain();
        const { stderr } = await kernel.execute('%resume');
        const state = await stateOf(kernel);
        expect(state).toBeGreaterThanOrEqual(answered - 1);
        for (let lost = state + 1; lost <= answered; lost++) expect(stderr).toContain(shownOf(lost));
        from = state;
      }
    }),
  60_000 + KILLS * 30_000,
);

test('a kill right after a cell that printed costs nothing, however large the variables before it are', () =>
  withKernel(async (notebook) => {
    const { kernel } = notebook;
    const made = await kernel.execute(
      '%%python\nimport numpy as np\nbig = np.random.default_rng(0).random(20_000_000); total = big.sum()',
    );
    expect(made.status).toBe('ok');
    expect((await kernel.execute('%%python\nprint(f"{len(big)} values")')).stdout).toContain(
      '20000000 values',
    );
    kernel.process.signal('SIGKILL');
    await kernel.process.exited;
    await kernel.close();
    const next = await notebook.startAgain();
    const resumed = await next.execute('%resume');
    expect([resumed.status, resumed.stderr]).toEqual(['ok', '']);
    expect(shown(await next.execute('%%python\nprint(len(big), total == big.sum())'))).toBe(
      '20000000 True\n',
    );
  }));
