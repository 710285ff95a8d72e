import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { saved } from '../faults/saved.js';
import { shown, withKernel } from '../integration/withKernel.js';
import { KernelClient } from '../support/KernelClient.js';
import { startModelServer } from '../support/model-server.js';
import { containersOf, descendants, isAlive, openHandles, residentMegabytes } from '../support/processes.js';
import { installForTest, runPython } from '../support/python.js';
import { tried } from '../support/tries.js';

const MINUTES = 900_000;

test(
  '20 kernels at once, each with SQL and Python, and none of them in another’s way',
  async () => {
    const numbers = Array.from({ length: 20 }, (_, n) => n);
    await Promise.all(
      numbers.map((n) =>
        withKernel(async ({ kernel }) => {
          const run = (code: string): ReturnType<KernelClient['execute']> =>
            kernel.execute(code, { timeout: MINUTES });
          await run(`%%sql create table t as select ${n} as n`);
          expect((await run(`%%python\nx = ${n}\nprint(x)`)).stdout).toContain(`${n}\n`);
          expect(shown(await run('%%sql select n + 1000 as m from t'))).toContain(String(1000 + n));
          expect((await run('%%python\nprint(x * 2)')).stdout).toBe(`${2 * n}\n`);
        }),
      ),
    );
    tried(20);
  },
  MINUTES,
);

test(
  '8 worldlines at once in a kernel, each with SQL and Python of its own',
  async () => {
    const names = Array.from({ length: 8 }, (_, n) => `try-${n + 1}`);
    const server = await startModelServer({
      script: ({ body }) => {
        const messages = body['messages'] as { role: string; content: string }[];
        const at = messages.findLastIndex(({ role }) => role === 'user');
        const branch = /Branch: try-(\d)/.exec(messages[at]?.content ?? '')?.[1] ?? '';
        const results = messages.slice(at + 1).filter(({ role }) => role === 'tool');
        const calls = [
          { name: 'run_sql', arguments: { sql: `create table found as select ${branch} as v` } },
          { name: 'run_python', arguments: { code: `mine = ${branch}0\nprint(mine)` } },
          { name: 'run_sql', arguments: { sql: 'select v from found' } },
          { name: 'finish', arguments: { answer: `It is ${branch}.`, evidence: ['r3'] } },
        ];
        const next = calls[results.length];
        return next === undefined ? { text: 'Done.' } : { calls: [next] };
      },
    });
    const env = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'test-key', WORLDLINE_MODEL: 'scripted' };
    try {
      await withKernel(
        async ({ kernel }) => {
          const run = (code: string): ReturnType<KernelClient['execute']> =>
            kernel.execute(code, { timeout: MINUTES });
          await run('%%sql create table base as select 1 as a');
          const cell = await run('%%ask --branches 8\nWhich?');
          expect(cell.status).toBe('ok');
          for (const [at, name] of names.entries()) {
            await run(`%switch ${name}`);
            expect(shown(await run('%%sql select v * 1000 as w from found'))).toContain(`${at + 1}000`);
            expect((await run('%%python\nprint(mine)')).stdout).toContain(`${at + 1}0\n`);
          }
        },
        { env },
      );
    } finally {
      await server.close();
    }
    tried(8);
  },
  MINUTES,
);

test(
  'a notebook of 1,000 cells by nbconvert',
  async () => {
    const jupyter = installForTest();
    const folder = mkdtempSync(join(tmpdir(), 'worldline-thousand-'));
    try {
      const cells = Array.from({ length: 1000 }, (_, n) => ({
        ...{ cell_type: 'code', id: `c${n}`, metadata: {}, outputs: [], execution_count: null },
        source: n % 2 === 0 ? `%%sql select ${n} as n` : `%%python\nx = ${n}\nprint(x)`,
      }));
      const kernelspec = { name: 'worldline', display_name: 'Worldline', language: 'worldline' };
      const file = join(folder, 'thousand.ipynb');
      const notebook = { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells };
      writeFileSync(file, JSON.stringify(notebook));
      const { code, output } = await runPython(
        ['-m', 'nbconvert', '--execute', '--to', 'notebook', '--output', 'done.ipynb', file],
        { ...jupyter.env },
      );
      expect(code === 0 ? 'converted' : output).toBe('converted');
      const done = JSON.parse(readFileSync(join(folder, 'done.ipynb'), 'utf8')) as {
        cells: { execution_count: number; outputs: { text?: string; data?: Record<string, string> }[] }[];
      };
      expect(done.cells.map((cell) => cell.execution_count)).toEqual(cells.map((_, n) => n + 1));
      for (const [n, { outputs }] of done.cells.entries()) {
        const shows = JSON.stringify(outputs);
        expect(shows).toContain(String(n));
      }
      tried(1000);
    } finally {
      jupyter.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  MINUTES,
);

/** What a kernel holds of the machine; memory and disk in megabytes. */
function holds(kernel: KernelClient, home: string) {
  const { pid } = kernel.process;
  return {
    memory: residentMegabytes(pid),
    handles: openHandles(pid),
    processes: descendants(pid).length,
    containers: containersOf(pid).length,
    disk: Number(execFileSync('du', ['-sk', home], { encoding: 'utf8' }).split('\t')[0]) / 1024,
  };
}

/** Eight hours of a cell every twenty seconds. */
const EIGHT_HOURS = 1440;
/** Megabytes that a cell may leave, on average: its checkpoint, and what it changed of the database and the variables. */
const CELL = 0.02;

/** Cells that read, that change a variable, the database or an array, and that fail. */
async function runCells(kernel: KernelClient, count: number, from = 0): Promise<void> {
  if (from === 0) await kernel.execute('%%sql create table t as select range as i from range(1000)');
  for (let n = from; n < from + count; n += 1) {
    const code = [
      `%%sql select ${n} as n, count(*) as c from t`,
      `%%python\nx = ${n}\nprint(x)`,
      `%%sql update t set i = ${n} where i = (select min(i) from t)`,
      `%%python\nimport numpy as np\na = np.full(1000, ${n})\na.sum()`,
      '%%sql select nothing_of_that_name',
    ][n % 5];
    const { status } = await kernel.execute(code ?? '', { timeout: MINUTES });
    expect(status).toBe(n % 5 === 4 ? 'error' : 'ok');
  }
}

test(
  'eight hours’ worth of cells in a kernel: memory, file handles, processes and containers stay flat, disk grows by what checkpoints keep',
  () =>
    withKernel(async ({ kernel, home, restart }) => {
      await runCells(kernel, EIGHT_HOURS / 4);
      const before = holds(kernel, home);
      await runCells(kernel, EIGHT_HOURS, EIGHT_HOURS / 4);
      const now = holds(kernel, home);
      tried(EIGHT_HOURS);
      expect(now.containers).toBeLessThanOrEqual(before.containers + 1);
      expect(now.processes).toBeLessThanOrEqual(before.processes + 1);
      expect(now.handles).toBeLessThanOrEqual(before.handles + 10);
      expect(now.memory).toBeLessThan(before.memory + 60);
      expect(now.disk).toBeLessThan(before.disk + EIGHT_HOURS * CELL);
      const next = await restart();
      expect((await next.execute('%worldlines --gc --keep 1')).status).toBe('ok');
      expect(holds(next, home).disk).toBeLessThan(before.disk);
    }),
  MINUTES,
);

test(
  'cells by a dozen kernels, one after the other: disk stays flat within its limit, and nobody cleans up',
  () =>
    withKernel(
      async (notebook) => {
        let { kernel } = notebook;
        const disk: number[] = [];
        for (let run = 0; run < 12; run += 1) {
          await runCells(kernel, EIGHT_HOURS / 24);
          kernel = await notebook.restart();
          disk.push(holds(kernel, notebook.home).disk);
        }
        tried(EIGHT_HOURS / 2);
        // The smallest limit has room for three runs or so: from then on, one goes for each that comes.
        expect(Math.max(...disk.slice(4))).toBeLessThan(Math.max(...disk.slice(0, 4)) + 0.5);
        expect((await kernel.execute('%resume main')).status).toBe('ok');
        expect((await kernel.execute('%%python\nprint(x)', { timeout: MINUTES })).stdout).toBe('56\n');
      },
      { env: { WORLDLINE_KEEP_SIZE: '1m' } },
    ),
  MINUTES,
);

test.each(['shutdown', 'SIGTERM', 'SIGKILL'] as const)(
  'after %s and a next start, no container, process or temporary file of ours is left',
  async (end) => {
    const temp = mkdtempSync(join(tmpdir(), 'worldline-temp-'));
    await withKernel(
      async (notebook) => {
        const { kernel } = notebook;
        for (const code of [
          '%%sql create table t as select 1 as a',
          '%%python\nx = 1\nopen("f.txt", "w").write("x")',
          '%branch other',
          '%%python\nx = 2',
        ])
          await kernel.execute(code, { timeout: MINUTES });
        await saved(kernel, 3);
        const { pid } = kernel.process;
        const ours = descendants(pid);
        if (end === 'shutdown') await notebook.restart();
        else {
          kernel.process.signal(end);
          await kernel.process.exited;
          const next = await notebook.startAgain();
          await next.execute('%%python\n1', { timeout: MINUTES });
        }
        await vanished(() => containersOf(pid));
        await vanished(() => ours.filter(isAlive));
      },
      { env: { TMPDIR: temp } },
    );
    expect(filesIn(temp)).toEqual([]);
    rmSync(temp, { recursive: true, force: true });
  },
  MINUTES,
);

/** Resolves when nothing is left; Docker takes its time to remove what has ended. */
async function vanished(left: () => readonly unknown[]): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (left().length > 0) {
    if (Date.now() > deadline) throw new Error(`This is left: ${left().join(' ')}`);
    await after(200);
  }
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
}
