#!/usr/bin/env node
/**
 * Times captures of Python variables against plain cloudpickle in the same worker: how long a capture stops the worker, how
 * long it writes beside it, what it stores, and how long a restore takes.
 *
 *     node tests/bench/snapshots.mjs [--quick] [--megabytes 10,100,300,1000] [--kinds numpy,frame,arrow,object] [--checkpoints 1000]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { once, report, sample } from './measure.mjs';

const ROOT = path.resolve(import.meta.dirname, '../..');
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    megabytes: { type: 'string' },
    kinds: { type: 'string' },
    checkpoints: { type: 'string' },
  },
});
const sizes = (options.megabytes ?? (options.quick ? '10' : '10,100,300,1000')).split(',').map(Number);
const kinds = (options.kinds ?? (options.quick ? 'numpy' : 'numpy,frame,arrow,object')).split(',');
const checkpoints = Number(options.checkpoints ?? (options.quick ? 5 : 1000));
const PAUSE = { 300: { most: 5 }, 1000: { most: 10 } };

const MAKE = {
  numpy: (mb) => `x = np.random.default_rng(0).random(${mb} * 125_000)`,
  frame: (mb) => `x = pd.DataFrame(np.random.default_rng(0).random((${mb} * 12_500, 10)))`,
  arrow: (mb) =>
    `x = pd.Series(np.arange(${mb} * 40_000).astype(str).astype(object), dtype="string[pyarrow]").str.pad(17, fillchar="x")`,
  object: (mb) => `x = pd.Series([f"text {i:09}" for i in range(${mb} * 14_000)], dtype=object)`,
};
const NAMES = {
  numpy: 'a numpy array',
  frame: 'a DataFrame of numbers',
  arrow: 'a pandas column of Arrow text',
  object: 'a pandas column of Python text',
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
/**
 * The least that taking the variables at one moment costs: Linux copies the tables of the worker's pages. The worker rests
 * between them, as between captures: right after one another, they find all that they read in the processor's caches.
 */
const FORK = `
import os, time
times = []
for _ in range(9):
    time.sleep(0.1)
    start = time.perf_counter()
    child = os.fork()
    if not child:
        time.sleep(0.05)
        os._exit(0)
    times.append((time.perf_counter() - start) * 1000)
    os.waitpid(child, 0)
print(*times)`;

async function capture(lab) {
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
  const first = await capture(lab);
  const unchanged = [];
  for (let i = 0; i < 7; i += 1) unchanged.push(await capture(lab));
  const changed = [];
  for (let i = 1; i <= 5; i += 1) {
    await lab.run(CHANGE[kind](i));
    changed.push(await capture(lab));
  }
  const forks = numbers(await lab.run(FORK));
  const restores = [];
  for (let i = 0; i < 5; i += 1) {
    await lab.restore(changed.at(-1).snapshot);
    restores.push(lab.milliseconds);
  }
  const [dump, load] = numbers(await lab.run(CLOUDPICKLE));
  const all = [...unchanged, ...changed];
  const of = (captures, value) => sample(captures.map(value));
  const stored = (each) => each.stored / 1e6;
  const beside = (peer, goal) => ({ beside: 'cloudpickle', peer: once(peer), goal });
  return [
    line(
      'a capture stops the worker for',
      'ms',
      of(all, ({ pause }) => pause),
      beside(dump, PAUSE[megabytes]),
    ),
    line('a fork of the same worker alone', 'ms', sample(forks)),
    line('restore', 'ms', sample(restores), beside(load, { most: 20 })),
    line('writing beside it, the first time', 'ms', once(first.background), beside(dump)),
    line(
      'writing beside it, one value changed',
      'ms',
      of(changed, ({ background }) => background),
      beside(dump),
    ),
    line(
      'stored, one value changed',
      'MB',
      of(changed, stored),
      kind === 'object' ? {} : { goal: { most: 1 } },
    ),
    line('stored, nothing changed', 'MB', of(unchanged, stored), { goal: { most: 0.1 } }),
  ];
}

function numbers(printed) {
  return printed.trim().split(' ').map(Number);
}

function line(what, unit, ours, more) {
  return { what, unit, ours, ...more };
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
  return [
    line('stored by the first', 'MB', once(first / 1e6)),
    line('stored by all the others', 'MB', once(stored / 1e6), { goal: { most: 100 } }),
    line('their manifests', 'MB', once(manifests / 1e6)),
  ];
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
  const tables = [];
  for (const kind of kinds) {
    for (const megabytes of sizes) {
      const lab = await Lab.start();
      const lines = await measure(lab, kind, megabytes).finally(() => lab.close());
      tables.push({ title: `${megabytes} MB, ${NAMES[kind]}`, lines });
    }
  }
  const lab = await Lab.start();
  const lines = await manyCheckpoints(lab, checkpoints).finally(() => lab.close());
  tables.push({ title: `${checkpoints} checkpoints that each change a small variable beside 1 GB`, lines });
  report(tables);
} finally {
  await rm(folder, { recursive: true, force: true });
}
