import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSandboxManager, DirectoryBlobStore, limitsFromEnvironment } from '@worldline/sandbox';
import { containerOf, containersOf, failure, openSandbox, run, type Sandbox } from './sandbox.js';

const docker = new Docker();
let sandbox: Sandbox;
/** While it is held, containers that a test wants start without a spare beside them. */
let spares: () => void;
beforeEach(async () => {
  sandbox = await openSandbox();
  spares = sandbox.manager.holdSpare();
});
afterEach(() => sandbox.close());

/** Resolves when the engine has removed the container. */
async function removal(id: string): Promise<void> {
  await docker
    .getContainer(id)
    .wait({ condition: 'removed' })
    .catch(() => undefined);
}

test('two worldlines run at the same time, each with its own variables', async () => {
  const [one, two] = [await sandbox.open(), await sandbox.open()];
  await Promise.all([run(one, 'x = 1'), run(two, 'x = 2')]);
  const order: string[] = [];
  const first = run(one, 'input(); x', {
    input: async () => {
      order.push((await run(two, 'x')).value ?? '');
      return '';
    },
  });
  order.push((await first).value ?? '');
  expect(order).toEqual(['2', '1']);
});

test('cells of one worldline wait for each other', async () => {
  const python = await sandbox.open();
  const values = await Promise.all([
    run(python, 'n = 1; n'),
    run(python, 'n += 1; n'),
    run(python, 'n += 1; n'),
  ]);
  expect(values.map(({ value }) => value)).toEqual(['1', '2', '3']);
  expect(
    (await containersOf(sandbox)).filter(({ Names }) => !String(Names[0]).includes('spare')),
  ).toHaveLength(1);
});

test('a spare is handed over with its workspace, and another one comes', async () => {
  spares();
  sandbox.manager.warm();
  const events = await docker.getEvents({
    filters: { event: ['rename'], label: [`worldline.kernel=${sandbox.kernel}`] },
  });
  await sandbox.manager.spareReady();
  const workspace = await sandbox.manager.newWorkspace();
  const renamed = new Promise((resolve) => events.once('data', resolve));
  const python = sandbox.manager.session(workspace, { dataFolders: [], name: 'My Line' });
  expect(python.state).toBe('none');
  expect((await run(python, '1 + 1')).value).toBe('2');
  await renamed;
  (events as unknown as { destroy(): void }).destroy();
  expect((await containerOf(sandbox, python)).Name).toMatch(/my-line$/);
});

test.each([
  ['while that starts', false],
  ['once it stands ready', true],
])(
  'a workspace that is left is empty and the next one, with the container that was started ahead for it, %s',
  async (_when, isReady) => {
    spares();
    sandbox.manager.warm();
    spares = sandbox.manager.holdSpare();
    if (isReady) await sandbox.manager.spareReady();
    const left = await sandbox.manager.newWorkspace();
    await mkdir(join(left.path, 'sub'));
    for (const name of ['sub/a.csv', '.worldline/b.parquet', '.worldline/out/c.txt'])
      await writeFile(join(left.path, name), 'x');
    await sandbox.manager.leave(left);
    const next = await sandbox.manager.newWorkspace();
    expect(next).toEqual(left);
    const python = sandbox.manager.session(next, { dataFolders: [], name: 'next' });
    const code = 'import os; names = sorted(os.listdir(".")); _ = open("new.txt", "w").write("x"); names';
    expect((await run(python, code)).value).toBe("['.worldline']");
    expect(await containersOf(sandbox)).toHaveLength(1);
  },
);

test('a workspace that is left while another spare is there goes, and what was started ahead for it', async () => {
  const events = await docker.getEvents({
    filters: { event: ['destroy'], label: [`worldline.kernel=${sandbox.kernel}`] },
  });
  spares();
  sandbox.manager.warm();
  await sandbox.manager.spareReady();
  const left = await sandbox.manager.newWorkspace();
  sandbox.manager.warm();
  await sandbox.manager.spareReady();
  const removed = new Promise((resolve) => events.once('data', resolve));
  await sandbox.manager.leave(left);
  await removed;
  expect(existsSync(left.path)).toBe(false);
  expect(await containersOf(sandbox)).toHaveLength(1);
  (events as unknown as { destroy(): void }).destroy();
});

test('while several containers are to start, no spare is started beside them', async () => {
  const count = async (): Promise<number> =>
    (await containersOf(sandbox)).filter(({ Names }) => String(Names[0]).includes('spare')).length;
  spares();
  const [first, second] = [sandbox.manager.holdSpare(), sandbox.manager.holdSpare()];
  const python = await sandbox.open();
  expect((await run(python, '1 + 1')).value).toBe('2');
  first();
  await sandbox.manager.spareReady();
  expect(await count()).toBe(0);
  second();
  await sandbox.manager.spareReady();
  expect(await count()).toBe(1);
});

test('started ahead of need, a container has the variables before its first cell', async () => {
  const first = await sandbox.open();
  await run(first, 'kept = 5');
  const kept = await (await first.snapshot())?.done;
  const second = await sandbox.open();
  await second.restore(kept ?? null);
  await second.start();
  expect(second.state).toBe('ready');
  const ran = await run(second, 'kept');
  expect([ran.value, ...ran.notices]).toEqual(['5']);
});

test('a session that is closed while its container starts leaves none', async () => {
  const python = await sandbox.open();
  const starting = python.start();
  await python.close();
  await expect(starting).rejects.toThrow('This sandbox was closed.');
  const workspaces = (await containersOf(sandbox)).map(({ Labels }) => Labels['worldline.workspace']);
  expect(workspaces).not.toContain(python.workspace.path);
});

describe('when the container goes', () => {
  test.each<[string, (container: Docker.Container) => Promise<unknown>]>([
    ['removed by hand', (container) => container.remove({ force: true })],
    ['stopped', (container) => container.stop({ t: 0 })],
    ['restarted', (container) => container.restart({ t: 0 })],
  ])('%s in the middle of a cell, the cell says so and the next one works', async (_how, go) => {
    const python = await sandbox.open();
    await run(python, 'kept = 5');
    await (
      await python.snapshot()
    )?.done;
    const { Id } = await containerOf(sandbox, python);
    const ran = await run(python, 'print("started")\nimport time\ntime.sleep(60)', {
      onEvent: (event) => {
        // What is being restarted may be taken away before it is up again.
        if (event.type === 'stream') go(docker.getContainer(Id)).catch(() => undefined);
      },
    });
    expect(failure(ran)).toMatch(/^SandboxGone: The sandbox went away while the cell ran/);
    expect(ran.text).toBe('started\n');
    const next = await run(python, 'kept');
    expect(next.value).toBe('5');
    expect(next.notices).toEqual([expect.stringContaining('was started anew')]);
    await removal(Id);
    expect((await containersOf(sandbox)).map((container) => container.Id)).not.toContain(Id);
  });

  test('between two cells, the next one works', async () => {
    const python = await sandbox.open();
    await run(python, 'kept = 5');
    await (
      await python.snapshot()
    )?.done;
    const { Id } = await containerOf(sandbox, python);
    const gone = removal(Id);
    await docker.getContainer(Id).kill();
    await gone;
    expect((await run(python, 'kept')).value).toBe('5');
  });
});

describe('where a container may be idle for a second', () => {
  beforeEach(async () => {
    await sandbox.close();
    sandbox = await openSandbox({ SANDBOX_IDLE_TTL_SECONDS: '1', SANDBOX_REAPER_INTERVAL_SECONDS: '1' });
  });

  test('an idle one is reaped, and the variables come back', async () => {
    const python = await sandbox.open();
    let id = '';
    await run(
      python,
      'import numpy as np\nkept = np.arange(1_000_000)\ndef total(): return int(kept.sum())\ninput()',
      {
        // Later it may be gone already.
        input: async () => {
          id = (await containerOf(sandbox, python)).Id;
          return '';
        },
      },
    );
    await removal(id);
    expect(python.state).toBe('reaped');
    const ran = await run(python, 'total()');
    expect(ran.value).toBe('499999500000');
    expect(ran.notices).toEqual([]);
  });

  test('one with a cell that runs longer is not disturbed', async () => {
    const python = await sandbox.open();
    const ran = await run(python, 'import time\ntime.sleep(2.5)\n"whole"');
    expect(ran.value).toBe("'whole'");
  });
});

test('a restored worldline has the variables of the snapshot, and none of the later ones', async () => {
  const python = await sandbox.open();
  await run(python, 'a = [1]; b = a');
  const snapshot = await python.snapshot();
  const kept = await snapshot?.done;
  expect(snapshot?.variables.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(await python.snapshot()).toBeNull();
  await run(python, 'a.append(2); c = 3');
  expect(await python.restore(kept ?? null)).toEqual({ lost: [] });
  expect((await run(python, 'a, a is b, "c" in globals()')).value).toBe('([1], True, False)');
  await python.restore(null);
  expect(failure(await run(python, 'a'))).toMatch(/^NameError/);
});

test('other data folders need another container, and the variables come along', async () => {
  const python = await sandbox.open();
  await run(python, 'kept = 5; log = open("log.txt", "w")');
  await python.setDataFolders([sandbox.folder]);
  const ran = await run(python, `import os\nkept, os.path.isdir(${JSON.stringify(sandbox.folder)})`);
  expect(ran.value).toBe('(5, True)');
  // What goes with the container is named, once.
  expect(ran.notices).toEqual(["Not brought back: log (the file 'log.txt' is open for writing)"]);
  await python.setDataFolders([]);
  expect((await run(python, 'kept')).notices).toEqual([]);
  expect(() => sandbox.manager.session({ path: '/tmp/x' }, { dataFolders: ['/usr'], name: 'x' })).toThrow(
    'cannot be a data folder',
  );
});

test('other limits need another container, the spare one too, and the variables come along', async () => {
  const python = await sandbox.open();
  await run(python, 'kept = 5');
  const { limits } = limitsFromEnvironment({ SANDBOX_MEMORY: '256m', SANDBOX_PIDS: '64' });
  spares();
  sandbox.manager.warm();
  await sandbox.manager.spareReady();
  sandbox.manager.setLimits(limits);
  sandbox.manager.setLimits({ ...limits });
  await sandbox.manager.spareReady();
  const fresh = await sandbox.open();
  expect((await run(python, 'kept')).value).toBe('5');
  await run(fresh, '1');
  for (const session of [python, fresh])
    expect((await containerOf(sandbox, session)).HostConfig).toMatchObject({
      Memory: 256 * 1024 * 1024,
      PidsLimit: 64,
    });
});

test('what a kernel leaves behind is removed by the next that runs Python, and nothing else', async () => {
  const dead = spawnSync(process.execPath, ['-e', '0']).pid;
  const labels = {
    'worldline.kernel': randomUUID(),
    'worldline.host': (await import('node:os')).hostname(),
    'worldline.started': '',
    'worldline.namespace': await readlink('/proc/self/ns/pid'),
  };
  const image = limitsFromEnvironment(process.env).image;
  const make = (more: Record<string, string>) =>
    docker.createContainer({ Image: image, Labels: { ...labels, 'worldline.pid': String(dead), ...more } });
  const orphan = await make({});
  const foreign = await make({ 'worldline.host': 'another-machine' });
  // Of a kernel in a container that has this machine's host name: its numbers are not ours.
  const apart = await make({ 'worldline.namespace': 'pid:[1]' });
  try {
    const python = await sandbox.open();
    expect((await run(python, '1')).value).toBe('1');
    await removal(orphan.id);
    const later = await make({});
    await sandbox.manager.removeOrphans();
    await expect(later.inspect()).rejects.toMatchObject({ statusCode: 404 });
    await expect(foreign.inspect()).resolves.toBeDefined();
    await expect(apart.inspect()).resolves.toBeDefined();
    expect((await run(python, '2')).value).toBe('2');
  } finally {
    await foreign.remove({ force: true });
    await apart.remove({ force: true });
  }
});

test('closing removes every container of ours', async () => {
  const python = await sandbox.open();
  await run(python, '1');
  spares();
  sandbox.manager.warm();
  await sandbox.manager.close();
  expect((await containersOf(sandbox)).filter(({ State }) => State === 'running')).toEqual([]);
});

test('a paused container does not stop a cell: it is removed, which is told, and the next cell has the variables', async () => {
  const python = await sandbox.open();
  await run(python, 'kept = 7');
  await (
    await python.snapshot()
  )?.done;
  const { Id } = await containerOf(sandbox, python);
  const stop = new AbortController();
  const ran = await run(python, 'print("on", flush=True)\nwhile True: pass', {
    signal: stop.signal,
    onEvent: ({ type }) => {
      if (type !== 'stream') return;
      void docker
        .getContainer(Id)
        .pause()
        .then(() => {
          stop.abort();
        });
    },
  });
  expect(failure(ran)).toBe(
    'KeyboardInterrupt: The sandbox did not answer, and was removed. The next cell starts a new one.',
  );
  expect((await run(python, 'kept')).value).toBe('7');
});

test('closing waits until what has ended, and is being removed by the engine, is gone', async () => {
  const python = await sandbox.open();
  await run(python, '1');
  const container = docker.getContainer((await containerOf(sandbox, python)).Id);
  const ended = container.wait({ condition: 'not-running' });
  await container.kill();
  await ended;
  await sandbox.manager.close();
  expect(await containersOf(sandbox)).toEqual([]);
});

test('closing takes away a sandbox that only starts, and whoever waits for it is told', async () => {
  const python = await sandbox.open();
  const cell = run(python, '1 + 1').then(failure, String);
  await sandbox.manager.close();
  expect(await cell).toContain('closed');
  expect(await containersOf(sandbox)).toEqual([]);
});

test('without an engine, or an image, it says what to do', async () => {
  const make = (options: { socket?: string; image?: string }) =>
    DirectoryBlobStore.open(`${sandbox.folder}/blobs`).then((store) =>
      createSandboxManager({
        spaces: `${sandbox.folder}/spaces`,
        store,
        docker: new Docker(options.socket === undefined ? {} : { socketPath: options.socket }),
        settings: limitsFromEnvironment(options.image === undefined ? {} : { SANDBOX_IMAGE: options.image }),
      }),
    );
  expect(await (await make({ socket: '/nonexistent.sock' })).check()).toMatchObject({
    ok: false,
    problem: 'Docker is not there, or not running: /nonexistent.sock.',
  });
  expect(await (await make({ image: 'worldline-nothing' })).check()).toMatchObject({
    ok: false,
    problem: 'The image worldline-nothing is not there.',
    fix: expect.stringContaining('unset SANDBOX_IMAGE'),
  });
  expect(await sandbox.manager.check()).toMatchObject({ ok: true });
});
