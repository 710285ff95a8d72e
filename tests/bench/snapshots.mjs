#!/usr/bin/env node
/**
 * Times captures of Python variables against plain cloudpickle in the same worker, and prints a table. Pause, background
 * and restore are medians in milliseconds; stored is what reached the blob store.
 *
 *     node tests/bench/snapshots.mjs [--megabytes 100,300,1000] [--kinds numpy,frame,arrow,object] [--checkpoints 200]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const ROOT = path.resolve(import.meta.dirname, '../..');
const { values: options } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '100,300,1000' },
    kinds: { type: 'string', default: 'numpy,frame,arrow,object' },
    checkpoints: { type: 'string', default: '200' },
  },
});

const MAKE = {
  numpy: (mb) => `x = np.random.default_rng(0).random(${mb} * 125_000)`,
  frame: (mb) => `x = pd.DataFrame(np.random.default_rng(0).random((${mb} * 12_500, 10)))`,
  arrow: (mb) =>
    `x = pd.Series(np.arange(${mb} * 40_000).astype(str).astype(object), dtype="string[pyarrow]").str.pad(17, fillchar="x")`,
  object: (mb) => `x = pd.Series([f"text {i:09}" for i in range(${mb} * 14_000)], dtype=object)`,
};
const CHANGE = {
  numpy: (i) => `x[${i} * 1000] = ${i}`,
  frame: (i) => `x.iloc[${i} * 10, 3] = ${i}`,
  arrow: (i) => `x.iloc[${i} * 10] = "y" * 17`,
  object: (i) => `x.iloc[${i} * 10] = "y" * 14`,
};
const CLOUDPICKLE = `
import cloudpickle, time, os
start = time.perf_counter()
with open("plain", "wb") as file: cloudpickle.dump({"x": x}, file)
middle = time.perf_counter()
with open("plain", "rb") as file: cloudpickle.load(file)
print((middle - start) * 1000, (time.perf_counter() - middle) * 1000)
os.remove("plain")`;

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}

async function timed(lab) {
  const start = performance.now();
  const { label, pause } = await lab.captureOnly();
  const written = performance.now();
  const snapshot = await lab.take(label);
  const taken = performance.now();
  return {
    snapshot,
    pause,
    background: written - start,
    intake: taken - written,
    stored: snapshot.bytesAdded,
  };
}

async function measure(lab, kind, megabytes) {
  await lab.fresh();
  await lab.run('import numpy as np, pandas as pd');
  await lab.run(MAKE[kind](megabytes));
  const first = await timed(lab);
  const unchanged = [];
  for (let i = 0; i < 7; i += 1) unchanged.push(await timed(lab));
  const changed = [];
  for (let i = 1; i <= 5; i += 1) {
    await lab.run(CHANGE[kind](i));
    changed.push(await timed(lab));
  }
  const restores = [];
  for (let i = 0; i < 5; i += 1) {
    await lab.restore(changed.at(-1).snapshot);
    restores.push(lab.milliseconds);
  }
  const [dump, load] = (await lab.run(CLOUDPICKLE)).trim().split(' ').map(Number);
  return {
    state: `${megabytes} MB ${kind}`,
    pause: median([...unchanged, ...changed].map((each) => each.pause)),
    'first: background': first.background,
    'first: intake': first.intake,
    'unchanged: background': median(unchanged.map((each) => each.background)),
    'unchanged: stored MB': median(unchanged.map((each) => each.stored)) / 1e6,
    'changed: background': median(changed.map((each) => each.background)),
    'changed: stored MB': median(changed.map((each) => each.stored)) / 1e6,
    restore: median(restores),
    'cloudpickle: dump': dump,
    'cloudpickle: load': load,
  };
}

/** Checkpoints that each change a small variable beside a gigabyte. */
async function manyCheckpoints(lab, count) {
  await lab.fresh();
  await lab.run('import numpy as np; big = np.random.default_rng(9).random(125_000_000); n = 0; log = []');
  let stored = 0;
  let manifests = 0;
  let last = await lab.capture();
  const first = last.bytesAdded;
  for (let i = 0; i < count; i += 1) {
    await lab.run('n += 1; log.append(f"step {n}")');
    last = await lab.capture();
    stored += last.bytesAdded;
    manifests += last.manifest.length;
  }
  return {
    checkpoints: count,
    'first MB': first / 1e6,
    'added MB': stored / 1e6,
    'manifests MB': manifests / 1e6,
  };
}

function rounded(row) {
  const short = (value) => (typeof value === 'number' ? Number(value.toFixed(value < 10 ? 2 : 0)) : value);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, short(value)]));
}

const folder = await mkdtemp(path.join(os.tmpdir(), 'worldline-bench-'));
try {
  await build({
    entryPoints: [path.join(ROOT, 'tests/snapshots/Lab.ts')],
    outfile: path.join(folder, 'Lab.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    define: { 'import.meta.dirname': JSON.stringify(path.join(ROOT, 'tests/snapshots')) },
  });
  const { Lab } = await import(path.join(folder, 'Lab.mjs'));
  const rows = [];
  for (const kind of options.kinds.split(',')) {
    for (const megabytes of options.megabytes.split(',').map(Number)) {
      const lab = await Lab.start();
      rows.push(rounded(await measure(lab, kind, megabytes).finally(() => lab.close())));
      console.error(JSON.stringify(rows.at(-1)));
    }
  }
  const lab = await Lab.start();
  const many = rounded(await manyCheckpoints(lab, Number(options.checkpoints)).finally(() => lab.close()));
  console.log(JSON.stringify({ states: rows, many }, null, 2));
} finally {
  await rm(folder, { recursive: true, force: true });
}
