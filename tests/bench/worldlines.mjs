#!/usr/bin/env node
/**
 * Times checkpoints, branches, switches and pages with few and with many checkpoints, and snapshots of a large DuckDB
 * file beside a plain copy of it. Medians in milliseconds.
 *
 *     node tests/bench/worldlines.mjs [--checkpoints 100,10000] [--megabytes 1000] [--home FOLDER]
 */
import { copyFile, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { build } from 'esbuild';

const ROOT = path.resolve(import.meta.dirname, '../..');
const { values: options } = parseArgs({
  options: {
    checkpoints: { type: 'string', default: '100,10000' },
    megabytes: { type: 'string', default: '1000' },
    home: { type: 'string' },
  },
});

const folder = await mkdtemp(path.join(options.home ?? os.tmpdir(), 'worldlines-bench-'));
try {
  const { Session } = await load();
  const rows = [];
  for (const count of options.checkpoints.split(',').map(Number)) rows.push(await graphTimes(Session, count));
  console.table(rows);
  console.table([await workspaceTimes(Session)]);
  console.table([await databaseTimes(Session, Number(options.megabytes))]);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function load() {
  const outfile = path.join(folder, 'worldlines.mjs');
  const entry = path.join(ROOT, 'kernel/src/worldlines/index.ts');
  await build({
    ...{ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm' },
    logLevel: 'error',
  });
  return import(outfile);
}

/** What a session of `count` checkpoints takes: each has a small change of variables. */
async function graphTimes(Session, count) {
  const home = path.join(folder, `graph-${count}`);
  const session = await open(Session, home);
  const commits = [];
  for (let n = 0; n < count; n++) {
    const { saved, milliseconds } = await commit(session, n);
    commits.push(milliseconds);
    if (n % 100 === 99 || count <= 1000) await saved;
  }
  await session.settled();
  const line = session.active.id;
  const branch = await median(30, (n) => session.branch(`b${n}`, line));
  const switching = await median(30, (n) => session.switch(`b${n}`));
  const page = await median(30, () => session.graph(0, 50));
  await session.switch(line);
  const undo = await median(30, () => session.undo({ cells: 1 }));
  await session.close();
  const start = await median(10, async () => (await open(Session, home)).close());
  const next = await open(Session, home);
  const begin = performance.now();
  await next.resume('main');
  const resume = performance.now() - begin;
  await next.close();
  return round({
    ...{ checkpoints: count, 'before reply': middle(commits.slice(-100)), branch, switch: switching, page },
    ...{ undo, start, 'resume after restart': resume },
  });
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
  const again = await median(10, async () => {
    await commit(session, 1);
    await session.ready('workspace');
  });
  await session.close();
  return round({ files: 10_000, 'first stored': stored, 'unchanged, until ready': again });
}

async function databaseTimes(Session, megabytes) {
  let live = null;
  const parts = (place) => ({
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
  const session = await open(Session, path.join(folder, 'database'), parts);
  const { place } = await session.open();
  await (
    await connect(place)
  ).run(
    `create table t as select i, hash(i) h, hash(i + 1) g, random() r from range(${megabytes * 38_000}) x(i)`,
  );
  const first = await timed(async () => (await commit(session, 0)).saved);
  const bytes = (await stat(place.databaseFile)).size;
  const before = session.active.head;
  await (await connect(place)).run('update t set r = 2 where i = 1000000');
  let stored = 0;
  const changed = await timed(async () => {
    stored = (await (await commit(session, 1)).saved).bytes;
  });
  const after = session.active.head;
  const undo = await timed(() => session.undo({ to: before }));
  await session.undo({ to: after });
  const undone = await timed(() => session.undo({ to: before }));
  await disconnect();
  const copy = await timed(() => copyFile(place.databaseFile, path.join(folder, 'copy.duckdb')));
  const branch = await timed(async () => {
    const line = await session.branch('b');
    await session.switch(line.id);
    const opened = await session.open();
    await (await connect(opened.place)).run('select count(*) from t');
  });
  await session.close();
  return round({
    ...{ MB: bytes / 1e6, 'first snapshot': first, 'one row changed': changed, 'stored KB': stored / 1e3 },
    ...{ undo, 'undo again': undone, 'branch and first query': branch, 'plain copy': copy },
  });
}

async function open(Session, home, parts = variableParts) {
  const host = { newWorkspace: () => Promise.resolve(null), open: (place) => Promise.resolve(parts(place)) };
  return Session.open({ home, notebook: { path: '/bench.ipynb', client: 'notebook' }, host });
}

/** Parts that have nothing but a small namespace, which changes with every cell. */
function variableParts() {
  let number = 0;
  return {
    flushDatabase: () => Promise.resolve(null),
    closeDatabase: () => Promise.resolve(),
    captureVariables: () => {
      const manifest = Buffer.from(JSON.stringify({ number: number++ }));
      return Promise.resolve({
        variables: [],
        done: Promise.resolve({ manifest, blobs: [], bytesAdded: 0, lost: [] }),
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

async function timed(act) {
  const begin = performance.now();
  await act();
  return performance.now() - begin;
}
async function median(times, act) {
  const taken = [];
  for (let n = 0; n < times; n++) taken.push(await timed(() => act(n)));
  return middle(taken);
}
function middle(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
function round(row) {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Math.round(value * 100) / 100]));
}
