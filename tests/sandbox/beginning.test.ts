import { execFileSync } from 'node:child_process';
import Docker from 'dockerode';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { limitsFromEnvironment } from '@worldline/sandbox';
import { Runner } from '../../sandbox/src/channel/Runner.js';
import { attach } from '../../sandbox/src/engine/attach.js';
import { containerOf, containersOf, failure, openSandbox, run, type Sandbox } from './sandbox.js';

const MINUTES = 300_000;
const { image } = limitsFromEnvironment(process.env);
const docker = new Docker();

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await openSandbox();
  sandbox.manager.holdSpare();
});
afterEach(() => sandbox.close());

test('a cell that is interrupted before its process is there ends before its first line', async () => {
  const python = await sandbox.open();
  await python.start();
  const ran = await run(python, 'print("begun")\nimport time\ntime.sleep(600)', {
    signal: AbortSignal.abort(),
  });
  expect([failure(ran), ran.text]).toEqual(['KeyboardInterrupt: ', '']);
  expect((await run(python, '6 * 7')).value).toBe('42');
});

test('a cell that is killed before its process is there has died, and the next one runs', async () => {
  const container = await docker.createContainer({
    ...{ Image: image, User: '1000:1000', WorkingDir: '/tmp', Env: ['HOME=/tmp/home'] },
    ...{ AttachStdin: true, AttachStdout: true, AttachStderr: true, OpenStdin: true, StdinOnce: true },
    HostConfig: { AutoRemove: true, NetworkMode: 'none' },
  });
  const runner = new Runner(await attach(docker, container.id));
  const execute = (code: string): ReturnType<Runner['execute']> =>
    runner.execute(code, { cell: 'Cell [1]', stdin: false }, { frame: () => undefined });
  try {
    await container.start();
    await runner.ready;
    const cell = execute('import time\ntime.sleep(600)');
    runner.kill();
    expect(await cell).toMatchObject({ type: 'died', cause: 'signal', code: -9 });
    expect(await execute('1')).toMatchObject({ type: 'done', status: 'ok' });
  } finally {
    // The end of its stdin is the container's.
    runner.end();
  }
});

test(
  'a package that crashes where it is warmed costs the cells that use it, and no others',
  async () => {
    const broken = `worldline-broken-${sandbox.kernel}`;
    const input = `FROM ${image}\nUSER 0\nRUN printf 'import os\\nos.abort()\\n' > $(python3 -c "import pandas.io.formats as f; print(f.__path__[0])")/html.py\nUSER 1000:1000\n`;
    execFileSync('docker', ['build', '-q', '-t', broken, '-'], { input });
    const own = await openSandbox({ SANDBOX_IMAGE: broken });
    try {
      own.manager.warm();
      await own.manager.spareReady();
      const spares = (await containersOf(own)).map(({ Id }) => Id);
      own.manager.holdSpare();
      const python = await own.open();
      expect((await run(python, 'kept = 6 * 7; kept')).value).toBe('42');
      expect(spares).toEqual([(await containerOf(own, python)).Id]);
      await (
        await python.snapshot()
      )?.done;
      const ran = await run(python, 'import pandas\npandas.DataFrame({"a": [1]})');
      expect(failure(ran)).toBe('ProcessDied: Python ended by an abort.');
      expect((await run(python, 'kept')).value).toBe('42');
    } finally {
      await own.close();
      execFileSync('docker', ['rmi', '-f', broken]);
    }
  },
  MINUTES,
);
