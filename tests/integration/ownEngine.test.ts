import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canTakeGroups, Daemon } from '../support/Daemon.js';
import { containersOf } from '../support/processes.js';
import { canMount } from '../support/sharedDisk.js';
import { Relay } from '../trust/Relay.js';
import { errorOf, shown, withKernel } from './withKernel.js';

const MINUTES = 300_000;
const IMAGE = process.env['SANDBOX_IMAGE'] ?? 'worldline-sandbox';

// A daemon of one's own takes root, and is Linux's.
(canMount ? describe : describe.skip)('an engine of our own', () => {
  /** Of this machine alone. */
  const here = mkdtempSync(join(tmpdir(), 'wl-here-'));
  const [near, far] = [
    new Daemon({ runtimes: { second: { path: 'runc' } }, ...(canTakeGroups ? { without: ['pids'] } : {}) }),
    new Daemon({ lacks: here }),
  ];
  beforeAll(async () => {
    await Promise.all([near.start(), far.start()]);
    near.load();
    execFileSync('docker', ['build', '-t', IMAGE, '-'], { env: far.env, input: 'FROM scratch\nLABEL a=b\n' });
  }, MINUTES);
  afterAll(async () => {
    await Promise.all([near.remove(), far.remove()]);
    rmSync(here, { recursive: true });
  }, MINUTES);

  /** What the engine says of the one container of a kernel that has no spare one. */
  function inspected(kernel: number, field: string): string[] {
    const ids = containersOf(kernel, near.env);
    return ids.map((id) =>
      execFileSync('docker', ['inspect', '-f', `{{.${field}}}`, id], {
        env: near.env,
        encoding: 'utf8',
      }).trim(),
    );
  }

  test(
    'runs cells by another OCI runtime, which inspect confirms; one that it lacks is told by cell and %doctor',
    () =>
      withKernel(
        async ({ kernel, restart }) => {
          const cell = await kernel.execute('%%python\nprint(6 * 7)', { timeout: MINUTES });
          expect(cell.status === 'ok' ? cell.stdout : errorOf(cell)).toBe('42\n');
          expect(new Set(inspected(kernel.process.pid, 'HostConfig.Runtime'))).toEqual(new Set(['second']));
          const without = await restart({ SANDBOX_RUNTIME: 'runsc' });
          const lacks = /Docker does not know the runtime runsc; it has .*runc, second\./;
          expect(errorOf(await without.execute('%%python\n1'))).toMatch(lacks);
          expect(shown(await without.execute('%doctor'))).toMatch(lacks);
        },
        { env: { DOCKER_HOST: near.host, SANDBOX_RUNTIME: 'second' } },
      ),
    MINUTES,
  );

  test(
    'whose image goes away runs what runs; the next container waits for the image, and has the variables',
    () =>
      withKernel(
        async ({ kernel }) => {
          const images = (...words: string[]): Buffer => execFileSync('docker', words, { env: near.env });
          await kernel.execute('%%python\nkept = 7', { timeout: MINUTES });
          images('tag', IMAGE, 'aside');
          images('rmi', '-f', IMAGE);
          expect((await kernel.execute('%%python\nprint(kept)')).stdout).toBe('7\n');
          for (const id of containersOf(kernel.process.pid, near.env)) images('rm', '-f', id);
          const told = errorOf(await kernel.execute('%%python\nprint(kept)', { timeout: MINUTES }));
          expect(told).toMatch(
            /^SandboxUnavailable: The image .* is not there\.\n(?:Build it|Build or pull it)/,
          );
          expect(shown(await kernel.execute('%doctor'))).toMatch(/The image .* is not there/);
          images('tag', 'aside', IMAGE);
          const next = await kernel.execute('%%python\nprint(kept)', { timeout: MINUTES });
          expect(next.status === 'ok' ? next.stdout : errorOf(next)).toBe('7\n');
        },
        { env: { DOCKER_HOST: near.host, WORLDLINE_PREWARM: '0' } },
      ),
    MINUTES,
  );

  (canTakeGroups ? test : test.skip)(
    'that cannot keep a limit is warned of once, and by %doctor',
    () =>
      withKernel(
        async ({ kernel }) => {
          const warning =
            'Docker keeps no limit of processes here: a cell can take all that the machine has.';
          const cell = await kernel.execute('%%python\nprint(1)', { timeout: MINUTES });
          expect(cell.stderr).toContain(warning);
          expect((await kernel.execute('%%python\nprint(2)')).stderr).toBe('');
          expect(shown(await kernel.execute('%doctor'))).toContain(warning);
        },
        { env: { DOCKER_HOST: near.host } },
      ),
    MINUTES,
  );

  test(
    'that does not have the folders of this machine says which, and what to do; SQL works',
    async () => {
      const relay = await Relay.to(far.socket);
      try {
        await withKernel(
          async ({ kernel }) => {
            const cell = await kernel.execute('%%python\n1', { timeout: MINUTES });
            const lacks =
              /The engine at tcp:\/\/127\.0\.0\.1:\d+ does not have the folder \/.*\/wl-here-.*\.\n *A container mounts .*put WORLDLINE_HOME/;
            expect(errorOf(cell)).toMatch(lacks);
            expect(shown(await kernel.execute('%doctor'))).toMatch(lacks);
            expect(shown(await kernel.execute('%%sql select 6 * 7 as n'))).toContain('42');
          },
          { place: here, env: { DOCKER_HOST: `tcp://127.0.0.1:${relay.port}` } },
        );
      } finally {
        await relay.close();
      }
    },
    MINUTES,
  );
});
