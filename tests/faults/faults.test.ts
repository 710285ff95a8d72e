import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { withMuteEngine } from '../support/muteEngine.js';
import { containersOf } from '../support/processes.js';
import { databaseProcesses, isDatabaseOf } from './databaseProcesses.js';
import { saved } from './saved.js';
import { dataOf, errorOf, resultOf, rowsOf, shown, withKernel } from '../integration/withKernel.js';

/** Resolves when a process has computed for a while: its query runs. */
async function works(pid: number): Promise<void> {
  const ticks = () => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  };
  const before = ticks();
  while (ticks() < before + 30) await setTimeout(10);
}

test('a database process that is killed costs its cell; what was committed is there for the next', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute('%%sql create table t as select range as i from range(100)');
    const began = kernel.next(({ type }) => type === 'execute_input');
    const running = kernel.execute(
      '%%sql select sum(a.range * b.range) from range(10000000) a, range(1000000) b',
    );
    await began;
    const processes = databaseProcesses(kernel);
    expect(processes).toHaveLength(1);
    for (const pid of processes) {
      // One that dies before the query is with it costs nothing: another takes the query.
      await works(pid);
      process.kill(pid, 'SIGKILL');
    }
    const cell = await running;
    expect(cell.status).toBe('error');
    expect(errorOf(cell)).toContain('last committed state');
    expect(resultOf(await kernel.execute('%%sql select count(*) n from t'))).toContain('100');
  }));

test('a database process that is killed between the statements of a cell leaves what the first ones committed, also to a later kernel', () =>
  withKernel(async ({ kernel, restart }) => {
    await kernel.execute('%%sql create table t as select 1 as i');
    const said = kernel.next(({ content }) => dataOf(content, 'text/plain').includes('committed'));
    const running = kernel.execute(
      "%%sql insert into t values (2); select 'committed' as said; select 3; select sum(a.range * b.range) from range(10000000) a, range(1000000) b",
    );
    await said;
    for (const pid of databaseProcesses(kernel)) process.kill(pid, 'SIGKILL');
    expect(errorOf(await running)).toContain('last committed state');
    const again = await restart();
    await again.execute('%resume');
    expect(rowsOf(await again.execute('%%sql from t order by i'))).toEqual([['1'], ['2']]);
  }));

test('a container that is removed in the middle of a cell costs the cell; the variables come back', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute('%%python\nkept = [1, 2, 3]');
    await kernel.execute('%%python\nalso = len(kept)');
    await saved(kernel, 2);
    const said = kernel.next(
      ({ type, content }) => type === 'stream' && String(content['text']).includes('go'),
    );
    const running = kernel.execute('%%python\nprint("go", flush=True)\nwhile True: pass');
    await said;
    for (const id of containersOf(kernel.process.pid))
      execFileSync('docker', ['rm', '-f', id], { stdio: 'ignore' });
    const cell = await running;
    expect(cell.status).toBe('error');
    const next = await kernel.execute('%%python\nprint(kept, also)');
    expect(next.status === 'ok' ? next.stdout : shown(next)).toBe('[1, 2, 3] 3\n');
  }));

test('a killed kernel loses nothing that was committed, and leaves no container', () =>
  withKernel(async (notebook) => {
    const { kernel } = notebook;
    await kernel.execute('%%sql create table t as select 42 as answer');
    await kernel.execute('%%python\nkept = {"a": 1}\n_ = open("f.txt", "w").write("kept")');
    await saved(kernel, 2);
    kernel.process.signal('SIGKILL');
    await kernel.process.exited;
    const next = await notebook.startAgain();
    expect((await next.execute('%resume')).status).toBe('ok');
    expect(resultOf(await next.execute('%%sql from t'))).toContain('42');
    expect((await next.execute('%%python\nprint(kept, open("f.txt").read())')).stdout).toBe(
      "{'a': 1} kept\n",
    );
    await next.execute('%doctor --clean');
    expect(containersOf(kernel.process.pid)).toEqual([]);
  }));

test('without Docker, SQL works, and Python says how to start it', () =>
  withKernel(
    async ({ kernel }) => {
      expect(resultOf(await kernel.execute('%%sql select 1 as one'))).toContain('1 row');
      const cell = await kernel.execute('%%python\n1 + 1');
      expect(cell.status).toBe('error');
      expect(errorOf(cell)).toMatch(/Docker/);
      expect(shown(await kernel.execute('%doctor'))).toMatch(/Docker/);
      expect((await kernel.execute('%%sql select 2')).status).toBe('ok');
    },
    { env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } },
  ));

test('an engine that does not answer hangs nothing: SQL works, what waits for it can be interrupted, and says so', () =>
  withMuteEngine((socket) =>
    withKernel(
      async ({ kernel }) => {
        expect(resultOf(await kernel.execute('%%sql select 1 as one'))).toContain('1 row');
        for (const code of ['%%python\n1 + 1', '%doctor', '%doctor --clean']) {
          const began = kernel.next(({ type }) => type === 'execute_input');
          const running = kernel.execute(code);
          await began;
          await kernel.interrupt();
          expect((await running).reply.content['ename']).toBe('KeyboardInterrupt');
        }
        expect(errorOf(await kernel.execute('%%python\n1 + 1'))).toMatch(/Docker does not answer/);
      },
      { env: { DOCKER_HOST: `unix://${socket}` } },
    ),
  ));

test('%doctor gives its report where it could clean nothing, and says why', () =>
  withKernel(
    async ({ kernel }) => {
      const cell = await kernel.execute('%doctor --clean');
      expect(errorOf(cell)).toMatch(/Docker is not there/);
      expect(shown(cell)).toMatch(/^Node +ok/m);
    },
    { env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } },
  ));

test('a missing image is one clear message', () =>
  withKernel(
    async ({ kernel }) => {
      const cell = await kernel.execute('%%python\n1 + 1');
      expect(errorOf(cell)).toContain('no-such-image');
      expect(errorOf(cell)).toContain('SANDBOX_IMAGE');
    },
    { env: { SANDBOX_IMAGE: 'no-such-image' } },
  ));

test('after a shutdown nothing of ours is left', () =>
  withKernel(async (notebook) => {
    const { kernel } = notebook;
    await kernel.execute('%%sql select 1');
    await kernel.execute('%%python\n1');
    const processes = databaseProcesses(kernel);
    expect(containersOf(kernel.process.pid).length).toBeGreaterThan(0);
    await notebook.restart();
    expect(containersOf(kernel.process.pid)).toEqual([]);
    for (const pid of processes) expect(isDatabaseOf(pid, kernel.process.pid)).toBe(false);
  }));
