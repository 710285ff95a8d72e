#!/usr/bin/env node
/**
 * Times Python in the sandbox, without a kernel in front of it, against `docker exec python` in a container of the same
 * image.
 *
 *     node tests/bench/sandbox.mjs [--quick] [--trips 200] [--runs 7]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { numbersOf, once, repeated, report, sample, timed } from './measure.mjs';

const ROOT = path.resolve(import.meta.dirname, '../..');
const { trips, runs } = numbersOf({ trips: [200, 20], runs: [7, 3] });
const BAR = 'import matplotlib.pyplot as plt\nplt.bar(["a", "b", "c"], [1, 2, 3]);';

async function loadSandbox() {
  const outfile = path.join(ROOT, 'node_modules', `.bench-sandbox-${process.pid}.mjs`);
  await build({
    entryPoints: [path.join(ROOT, 'sandbox/src/index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  try {
    return await import(outfile);
  } finally {
    rmSync(outfile);
  }
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'worldline-bench-'));
const { createSandboxManager, DirectoryBlobStore } = await loadSandbox();
const store = await DirectoryBlobStore.open(path.join(folder, 'blobs'));
const manager = createSandboxManager({ spaces: path.join(folder, 'spaces'), store });

async function run(session, code) {
  const result = await session.execute(code, { cell: 'Cell [1]', onEvent: () => undefined });
  if (result.status !== 'ok') throw new Error(`${code}: ${result.ename}: ${result.evalue}`);
}

/** A session in a workspace that a spare stands ready for. */
async function fromSpare(name) {
  manager.warm();
  await manager.spareReady();
  return manager.session(await manager.newWorkspace(), { dataFolders: [], name });
}

try {
  const cold = manager.session(await manager.newWorkspace(), { dataFolders: [], name: 'cold' });
  const emptyPool = once(await timed(() => run(cold, '1 + 1')));
  const firsts = [];
  for (let index = 0; index < runs; index++) {
    const session = await fromSpare(`warm ${index}`);
    firsts.push(await timed(() => run(session, '1 + 1')));
    await session.close();
  }
  await manager.spareReady();
  for (let index = 0; index < 20; index++) await run(cold, '1 + 1');
  const onePlusOne = await repeated(trips, () => run(cold, '1 + 1'));
  const exec = await repeated(3, () => dockerExec('1 + 1'));
  const pandas = await repeated(runs, () => run(cold, 'import pandas; print(1 + 1)'));
  const execPandas = await repeated(3, () => dockerExec('import pandas; print(1 + 1)'));
  const barChart = await repeated(runs, () => run(cold, BAR));
  const execBarChart = await repeated(3, () => dockerExec(`${BAR}\nplt.savefig("/tmp/bar.png")`));
  const lines = await repeated(runs, () => run(cold, 'for i in range(100_000): print(i)'));
  const long = await repeated(runs, () => run(cold, 'print("x" * 50_000_000)'));
  await run(cold, 'import numpy as np\nkept = np.random.rand(37_500_000)');
  const pauses = [];
  for (let index = 0; index < runs; index++) {
    await run(cold, `kept[${index}] = 0`);
    const snapshot = await cold.snapshot();
    pauses.push(snapshot.pause);
    await snapshot.done;
  }
  const recoveries = [];
  for (let index = 0; index < runs; index++) {
    const dying = () =>
      cold.execute('import os\nos._exit(1)', { cell: 'Cell [1]', onEvent: () => undefined });
    recoveries.push(await timed(dying));
    await run(cold, 'assert kept.shape == (37_500_000,)');
  }
  const line = (what, ours, more) => ({ what, unit: 'ms', ours, ...more });
  const beside = (peer, goal) => ({ beside: 'docker exec', peer, goal });
  report([
    {
      lines: [
        line('1 + 1 in a warm sandbox', onePlusOne, beside(exec)),
        line('a script that imports pandas', pandas, beside(execPandas, { ratio: 1 / 200 })),
        line('a small bar chart', barChart, beside(execBarChart, { most: 60 })),
        line('first cell with a spare ready', sample(firsts), { goal: { most: 50 } }),
        line('first cell without a spare', emptyPool, { goal: { most: 1500 } }),
        line('100,000 printed lines', lines),
        line('one string of 50 MB', long),
        line('pause for a checkpoint of 300 MB', sample(pauses), { goal: { most: 5 } }),
        line('recovery after a killed cell with 300 MB', sample(recoveries), { goal: { most: 100 } }),
      ],
    },
  ]);
} finally {
  await manager.close();
  rmSync(folder, { recursive: true, force: true });
}

function dockerExec(code) {
  const found = spawnSync(
    'docker',
    ['ps', '-q', '--filter', 'label=worldline.kernel', '--filter', 'name=cold'],
    {
      encoding: 'utf8',
    },
  );
  const done = spawnSync('docker', ['exec', found.stdout.trim().split('\n')[0], 'python3', '-c', code]);
  if (done.status !== 0) throw new Error(done.stderr.toString());
}
