#!/usr/bin/env node
/**
 * Times Python in the sandbox, without a kernel in front of it, against `docker exec python` in a container of the same
 * image. Prints JSON; times are medians in milliseconds.
 *
 *     node tests/bench/sandbox.mjs [--trips 200] [--runs 7]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const ROOT = path.resolve(import.meta.dirname, '../..');
const { values: options } = parseArgs({
  options: { trips: { type: 'string', default: '200' }, runs: { type: 'string', default: '7' } },
});
const trips = Number(options.trips);
const runs = Number(options.runs);
const BAR = 'import matplotlib.pyplot as plt\nplt.bar(["a", "b", "c"], [1, 2, 3]);';

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const rounded = (value) => Math.round(value * 100) / 100;

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function medianOf(count, work) {
  const times = [];
  for (let index = 0; index < count; index++) times.push(await timed(work));
  return rounded(median(times));
}

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
const figures = {};
let characters = 0;

async function run(session, code) {
  characters = 0;
  const result = await session.execute(code, {
    cell: 'Cell [1]',
    onEvent: (event) => {
      if (event.type === 'stream') characters += event.text.length;
    },
  });
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
  figures.firstCellEmptyPool = rounded(await timed(() => run(cold, '1 + 1')));
  const firsts = [];
  for (let index = 0; index < runs; index++) {
    const session = await fromSpare(`warm ${index}`);
    firsts.push(await timed(() => run(session, '1 + 1')));
    await session.close();
  }
  figures.firstCellWithSpare = rounded(median(firsts));
  await manager.spareReady();
  for (let index = 0; index < 20; index++) await run(cold, '1 + 1');
  figures.onePlusOne = await medianOf(trips, () => run(cold, '1 + 1'));
  figures.barChart = await medianOf(runs, () => run(cold, BAR));
  figures.lines100k = await medianOf(runs, () => run(cold, 'for i in range(100_000): print(i)'));
  figures.linesCharacters = characters;
  figures.string50MB = await medianOf(runs, () => run(cold, 'print("x" * 50_000_000)'));
  await run(cold, 'import numpy as np\nkept = np.random.rand(37_500_000)');
  const snapshot = await cold.snapshot();
  figures.pause300MB = rounded(snapshot.pause);
  figures.capture300MB = rounded(await timed(() => snapshot.done));
  const recoveries = [];
  for (let index = 0; index < runs; index++) {
    const died = timed(() =>
      cold.execute('import os\nos._exit(1)', { cell: 'Cell [1]', onEvent: () => undefined }),
    );
    recoveries.push(await died);
    await run(cold, 'assert kept.shape == (37_500_000,)');
  }
  figures.recovery300MB = rounded(median(recoveries));
  figures.dockerExecPandas = await medianOf(3, () => dockerExec('import pandas; print(1 + 1)'));
  figures.ratioToDockerExec = Math.round(figures.dockerExecPandas / figures.onePlusOne);
  console.log(JSON.stringify(figures, null, 2));
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
