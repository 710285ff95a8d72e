import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Daemon } from '../support/Daemon.js';
import { canMount } from '../support/sharedDisk.js';
import { keepsItsWord, LEFT_ALONE } from './elsewhere.js';
import { failure, HELD, openSandbox, run, type Sandbox } from './sandbox.js';

const MINUTES = 300_000;

// A daemon of one's own takes root, and gVisor is Linux's.
(canMount ? describe : describe.skip)('by gVisor', () => {
  // Sandboxes have no network, and older versions of it take none away.
  const daemon = new Daemon({ runtimes: { runsc: { path: 'runsc', runtimeArgs: ['--network=none'] } } });
  let docker: Docker;
  let sandbox: Sandbox;
  beforeAll(async () => {
    await daemon.start();
    daemon.load();
    docker = new Docker({ socketPath: daemon.socket });
    sandbox = await openSandbox({ SANDBOX_RUNTIME: 'runsc' }, docker);
  }, MINUTES);
  afterAll(async () => {
    await sandbox.close();
    await daemon.remove();
  }, MINUTES);

  test(
    'cells run in its kernel, keep their variables, can be interrupted and recover',
    async () => {
      const python = await sandbox.open();
      await keepsItsWord(python);
      // What a real kernel counts is not there.
      expect((await run(python, 'open("/proc/version").read()')).value).toContain('Linux version 4.');
    },
    MINUTES,
  );

  test(
    'nothing gets out',
    async () => {
      const python = await sandbox.open();
      expect((await run(python, LEFT_ALONE)).value).toBe("(True, True, True, {'0000000000000000'})");
      const [container] = await docker.listContainers({
        filters: { label: [`worldline.workspace=${python.workspace.path}`] },
      });
      const { HostConfig } = await docker.getContainer(container?.Id ?? '').inspect();
      expect(HostConfig).toMatchObject({ ...HELD, Runtime: 'runsc' });
    },
    MINUTES,
  );

  test(
    'code that wants more memory than there is ends all of it, is told why, and the next cell has the variables',
    async () => {
      const python = await sandbox.open();
      await run(python, 'kept = [1, 2, 3]');
      await (
        await python.snapshot()
      )?.done;
      const bomb = await run(python, 'everything = [bytearray(b"x" * 50_000_000) for _ in range(1000)]');
      expect(failure(bomb)).toMatch(/^(SandboxGone: .*SANDBOX_MEMORY.* By runsc|MemoryError: )/);
      expect((await run(python, 'kept')).value).toBe('[1, 2, 3]');
    },
    MINUTES,
  );
});
