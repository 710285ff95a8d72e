#!/usr/bin/env node
/**
 * Times checkpoints, branches, switches and pages with few and with many checkpoints, DataFrames beside Kishu, and snapshots
 * of a large DuckDB file beside a plain copy of it.
 *
 *     node tests/bench/worldlines.mjs [--quick] [--checkpoints 10000] [--few 100] [--megabytes 1000] [--rounds 30] [--branchRounds 5]
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { build } from 'esbuild';
import { besideKishu } from './kishu.mjs';
import { inTurns, numbersOf, once, repeated, report, sample, timed } from './measure.mjs';

const run = promisify(execFile);
/** Bytes and all: also where the file system could share them. */
const PLAIN = process.platform === 'linux' ? ['--reflink=never'] : [];
const ROOT = path.resolve(import.meta.dirname, '../..');
const { checkpoints, few, megabytes, rounds, branchRounds, quick } = numbersOf({
  checkpoints: [10_000, 200],
  few: [100, 50],
  megabytes: [1000, 20],
  rounds: [30, 5],
  branchRounds: [5, 2],
});

/** Megabytes of DataFrames. */
const sizes = quick ? [10] : [10, 100];
const folder = await mkdtemp(path.join(os.tmpdir(), 'worldlines-bench-'));
try {
  const { Session } = await load('kernel/src/worldlines/index.ts');
  report([
    { title: `${checkpoints} checkpoints`, lines: await graphTimes(Session) },
    ...(await besideKishu(sizes, folder)),
    { title: '10,000 files in the workspace', lines: await workspaceTimes(Session) },
    { title: `A database of ${megabytes} MB`, lines: await databaseTimes(Session, folder, { ratio: 1.5 }) },
    ...(await onSharingDisk(async (disk) => ({
      title: `A database of ${megabytes} MB on btrfs, which shares blocks`,
      lines: await databaseTimes(Session, disk, { most: 60 }),
    }))),
  ]);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function load(entry) {
  const outfile = path.join(folder, `${path.basename(entry, '.ts')}.mjs`);
  await build({
    ...{ entryPoints: [path.join(ROOT, entry)], outfile, bundle: true, platform: 'node', format: 'esm' },
    logLevel: 'error',
  });
  return import(outfile);
}

/** What a session of many checkpoints takes, in turns with one of few: each checkpoint is a small change of variables. */
async function graphTimes(Session) {
  const large = await grow(Session, checkpoints);
  const small = await grow(Session, few);
  writeOut();
  const both = async (act, times = rounds) =>
    inTurns(times, { ours: (n) => act(large, n), peer: (n) => act(small, n) });
  const checkpoint = await checkpointsInTurns(large.session, small.session);
  writeOut();
  const page = await both(({ session }) => session.graph(0, 50));
  const times = {
    'a checkpoint, before the reply': checkpoint,
    // Microseconds each: few of them would tell of the machine alone.
    branch: await both(({ session, line }, n) => session.branch(`b${n}`, line), 10 * rounds),
    switch: await both(({ session }, n) => session.switch(`b${n % rounds}`), 10 * rounds),
    'a page of the graph': page,
  };
  for (const { session, line } of [large, small]) await session.switch(line);
  times.undo = await both(({ session }) => session.undo({ cells: 1 }));
  for (const { session } of [large, small]) await session.close();
  writeOut();
  const inNewKernel = (use) =>
    both(async ({ home, line }) => {
      const next = await open(Session, home);
      await use(next, line);
      await next.close();
    });
  times['start of a new kernel'] = await inNewKernel(() => undefined);
  times['start and first page'] = await inNewKernel((next) => next.graph(0, 50));
  // Each goes on with the first kernel's worldline, and not with what an earlier round made of it.
  times['start and resume'] = await inNewKernel(async (next, line) => {
    await next.resume(line);
    await next.open();
  });
  return Object.entries(times).map(([what, { ours, peer }]) => {
    return { what, unit: 'ms', ours, beside: `${few} checkpoints`, peer, goal: { ratio: 1.2 } };
  });
}

async function grow(Session, count) {
  const home = path.join(folder, `graph-${count}`);
  const session = await open(Session, home);
  for (let n = 0; n < count; n++) await (await commit(session, n)).saved;
  await session.settled();
  return { home, session, line: session.active.id };
}

/** At a person's pace: what is measured is a reply, and not a row of cells. */
async function checkpointsInTurns(large, small) {
  const times = { ours: [], peer: [] };
  for (let n = 0; n < 3 * rounds; n++) {
    for (const [who, session] of [
      ['ours', large],
      ['peer', small],
    ]) {
      const { saved, milliseconds } = await commit(session, n);
      times[who].push(milliseconds);
      await saved;
    }
  }
  for (const session of [large, small]) await session.settled();
  return { ours: sample(times.ours), peer: sample(times.peer) };
}

/** What is still to be written goes to the disk now, and not while the rest is timed. */
function writeOut() {
  execFileSync('sync');
}

async function workspaceTimes(Session) {
  const session = await open(Session, path.join(folder, 'files'));
  const { place } = await session.open();
  for (let n = 0; n < 10_000; n++) {
    if (n % 100 === 0) await mkdir(path.join(place.workspace, `d${n / 100}`));
    await writeFile(path.join(place.workspace, `d${Math.floor(n / 100)}`, `${n}.txt`), 'x'.repeat(2000));
  }
  const first = await commit(session, 0);
  const begin = performance.now();
  await first.saved;
  const stored = performance.now() - begin;
  await (
    await commit(session, 1)
  ).saved;
  const again = await repeated(10, async () => {
    await commit(session, 1);
    await session.ready('workspace');
  });
  const walk = await repeated(10, () => statAll(place.workspace));
  await session.close();
  return [
    { what: 'stored for the first time', unit: 'ms', ours: once(stored) },
    {
      ...{ what: 'unchanged, until ready', unit: 'ms', ours: again },
      ...{ beside: 'a walk with stat', peer: walk, goal: { most: 50 } },
    },
  ];
}

async function statAll(directory) {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) await statAll(file);
    else await stat(file);
  }
}

/** Uses a file system that shares blocks, where its tools are there and we may mount it. */
async function onSharingDisk(use) {
  const { canMount, makeDisk } = await load('tests/support/sharedDisk.ts');
  let disk;
  try {
    if (!canMount) throw new Error('Mounting takes root on Linux.');
    disk = makeDisk('btrfs', Math.max(512, megabytes * 4) * 1024 ** 2);
  } catch (error) {
    console.error(`No btrfs could be mounted (${error.message}): how branches share blocks is not measured.`);
    return [];
  }
  try {
    return [await use(disk.folder)];
  } finally {
    disk.remove();
  }
}

async function databaseTimes(Session, home, branchGoal) {
  let live = null;
  const parts = (place) => ({
    changed: () => ({ database: true, variables: false }),
    flushDatabase: async () => {
      await (await connect(place)).run('CHECKPOINT');
      return { tables: [] };
    },
    closeDatabase: disconnect,
    captureVariables: () => Promise.resolve(null),
    restoreVariables: () => Promise.resolve({ lost: [] }),
    close: disconnect,
  });
  const disconnect = async () => {
    live?.connection.closeSync();
    live?.instance.closeSync();
    live = null;
  };
  const connect = async ({ databaseFile }) => {
    if (live?.databaseFile !== databaseFile) {
      await disconnect();
      const instance = await DuckDBInstance.create(databaseFile, { checkpoint_threshold: '1TB' });
      live = { databaseFile, instance, connection: await instance.connect() };
    }
    return live.connection;
  };
  const session = await open(Session, path.join(home, 'database'), parts);
  const { place } = await session.open();
  await (
    await connect(place)
  ).run(
    `create table t as select i, hash(i) h, hash(i + 1) g, random() r from range(${megabytes * 38_000}) x(i)`,
  );
  let pause = 0;
  const first = await timed(async () => {
    const { saved, milliseconds } = await commit(session, 0);
    pause = milliseconds;
    await saved;
  });
  const bytes = (await stat(place.databaseFile)).size;
  const before = session.active.head;
  await (await connect(place)).run('update t set r = 2 where i = 1000');
  let stored = 0;
  const changed = await timed(async () => {
    stored = (await (await commit(session, 1)).saved).bytes;
  });
  const after = session.active.head;
  const undo = await timed(() => session.undo({ to: before }));
  await session.undo({ to: after });
  const undone = await timed(() => session.undo({ to: before }));
  await disconnect();
  const { copy, branch, earlier } = await branchTimes(session, connect, { after, main: place });
  await session.close();
  const beside = { beside: 'a plain copy', peer: copy };
  return [
    { what: 'its checkpoint, before the reply', unit: 'ms', ours: once(pause), goal: { most: 30 } },
    { what: 'first snapshot', unit: 'ms', ours: once(first), ...beside },
    { what: 'snapshot after one row changed', unit: 'ms', ours: once(changed), ...beside },
    {
      ...{ what: 'stored for it', unit: 'MB', ours: once(stored / 1e6) },
      ...{ beside: 'a plain copy', peer: once(bytes / 1e6), goal: { most: 2 } },
    },
    { what: 'undo', unit: 'ms', ours: sample([undo, undone]), ...beside, goal: { most: 200 } },
    { what: 'branch and first query', unit: 'ms', ours: branch, ...beside, goal: branchGoal },
    { what: 'the same, at an earlier state', unit: 'ms', ours: earlier, ...beside, goal: branchGoal },
  ];
}

/** Branches at the state that the database is in, and at another one; each as often as a plain copy, in turns with it. */
async function branchTimes(session, connect, { after, main }) {
  const copyPath = path.join(path.dirname(main.databaseFile), 'copy.duckdb');
  const home = session.activeWorldline;
  const times = { copy: [], branch: [], earlier: [] };
  const branchAt = async (from) => {
    const line = await session.branch(`b${times.branch.length}-${from}`, from);
    await session.switch(line.id);
    const opened = await session.open();
    await (await connect(opened.place)).run('select count(*) from t');
    return line;
  };
  const alone = async (work) => {
    writeOut();
    const begun = performance.now();
    const line = await work();
    const took = performance.now() - begun;
    if (line !== undefined) {
      await session.switch(home);
      await session.delete(line.id);
    }
    return took;
  };
  for (let round = 0; round < branchRounds; round += 1) {
    const copying = async () => void (await run('cp', [...PLAIN, main.databaseFile, copyPath]));
    times.copy.push(await alone(copying));
    await rm(copyPath);
    times.branch.push(await alone(() => branchAt(home)));
    times.earlier.push(await alone(() => branchAt(after)));
  }
  return { copy: sample(times.copy), branch: sample(times.branch), earlier: sample(times.earlier) };
}

async function open(Session, home, parts = variableParts) {
  const host = {
    newWorkspace: () => Promise.resolve(null),
    leaveWorkspace: () => Promise.resolve(),
    open: (place) => Promise.resolve(parts(place)),
  };
  return Session.open({ home, notebook: { path: '/bench.ipynb', client: 'notebook' }, host });
}

/** Parts that have nothing but a small namespace, which changes with every cell. */
function variableParts() {
  let number = 0;
  return {
    changed: () => ({ database: false, variables: true }),
    flushDatabase: () => Promise.resolve(null),
    closeDatabase: () => Promise.resolve(),
    captureVariables: () => {
      const manifest = Buffer.from(JSON.stringify({ number: number++ }));
      return Promise.resolve({
        variables: [],
        done: Promise.resolve({ manifest, blobs: [], bytesAdded: 0, lost: [], digests: [] }),
      });
    },
    restoreVariables: () => Promise.resolve({ lost: [] }),
    close: () => Promise.resolve(),
  };
}

async function commit(session, n) {
  const begin = performance.now();
  const { saved } = await session.commit({
    ...{ kind: 'python', source: `x = ${n}`, status: 'ok', started: Date.now(), ended: Date.now() },
    ...{ executionCount: n, cellId: null, turns: [], outputs: [{ output_type: 'stream', text: String(n) }] },
  });
  return { saved, milliseconds: performance.now() - begin };
}
