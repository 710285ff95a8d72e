import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Podman } from '../support/Podman.js';
import { canMount } from '../support/sharedDisk.js';
import { keepsItsWord, LEFT_ALONE } from './elsewhere.js';
import { failure, HELD, openSandbox, run, type Sandbox } from './sandbox.js';

const MINUTES = 300_000;

// Podman is Linux's, and a service of its own takes root, as mounting does.
(canMount ? describe : describe.skip)('on Podman', () => {
  const podman = new Podman();
  let docker: Docker;
  let sandbox: Sandbox;
  beforeAll(async () => {
    await podman.start();
    podman.load();
    docker = new Docker({ socketPath: podman.host.slice('unix://'.length) });
    sandbox = await openSandbox({}, docker);
  }, MINUTES);
  afterAll(async () => {
    await sandbox.close();
    await podman.remove();
  }, MINUTES);

  test('cells run, keep their variables, can be interrupted and recover', async () => {
    expect(await sandbox.manager.check()).toMatchObject({
      ok: true,
      engine: expect.stringMatching(/^Podman /),
    });
    const python = await sandbox.open();
    await keepsItsWord(python);
  });

  test('the settings that hold are the same, and nothing gets out', async () => {
    const python = await sandbox.open();
    expect((await run(python, LEFT_ALONE)).value).toBe("(True, True, True, {'0000000000000000'})");
    const flags =
      '[line.split()[1] for line in open("/proc/self/status") if line.startswith(("NoNewPrivs", "Seccomp:"))]';
    expect((await run(python, flags)).value).toBe("['1', '2']");
    const [container] = await docker.listContainers({
      filters: { label: [`worldline.workspace=${python.workspace.path}`] },
    });
    expect((await docker.getContainer(container?.Id ?? '').inspect()).HostConfig).toMatchObject(HELD);
    const bomb = await run(python, 'everything = [bytearray(50_000_000) for _ in range(1000)]');
    expect(failure(bomb)).toMatch(/^MemoryError: .* 512 MB .*SANDBOX_MEMORY/);
  });

  test('hidden entries of a data folder are empty', async () => {
    const data = await mkdtemp(join(tmpdir(), 'worldline-data-'));
    try {
      await chmod(data, 0o755);
      await mkdir(join(data, 'deep', '.ssh'), { recursive: true });
      for (const name of ['sales.csv', '.env', 'deep/.ssh/id']) await writeFile(join(data, name), 'secret');
      const python = await sandbox.open([data]);
      const ran = await run(
        python,
        `import os\nos.chdir(${JSON.stringify(data)})\nopen("sales.csv").read(), open(".env").read(), os.listdir("deep/.ssh")`,
      );
      expect(ran.value).toBe("('secret', '', [])");
    } finally {
      await rm(data, { recursive: true });
    }
  });

  test('a runtime for one container, which it does not take, is told and not left out', async () => {
    const other = await openSandbox({ SANDBOX_RUNTIME: 'crun' }, docker);
    try {
      await expect(run(await other.open(), '1')).rejects.toThrow(
        'Podman runs containers by runc, and not by crun as SANDBOX_RUNTIME says. Start its service with `podman --runtime crun system service`, or unset SANDBOX_RUNTIME.',
      );
    } finally {
      await other.close();
    }
  });
});
