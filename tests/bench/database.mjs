#!/usr/bin/env node
/**
 * Times the database process beside `@duckdb/node-api` alone, on the sources.
 *
 *     node tests/bench/database.mjs [--quick] [--aggregations 25] [--trips 200] [--copies 5] [--pages 25]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { inTurns, numbersOf, once, repeated, report, sample, timed } from './measure.mjs';

const ROOT = path.resolve(import.meta.dirname, '../..');
const FLIGHTS = path.join(ROOT, 'node_modules/vega-datasets/data/flights-3m.parquet');
const MILLION =
  "SELECT range AS i, hash(range) AS h, 'row ' || range AS s, range::DOUBLE AS d FROM range(1000000)";
const PEER = '@duckdb/node-api';

const { aggregations, trips, copies, pages } = numbersOf({
  aggregations: [25, 3],
  trips: [200, 20],
  copies: [5, 1],
  pages: [25, 3],
});

const { openDatabase } = await load();
const { DuckDBInstance } = createRequire(path.join(ROOT, 'kernel/'))('@duckdb/node-api');
const folder = mkdtempSync(path.join(tmpdir(), 'worldline-bench-'));
const open = (name) =>
  openDatabase({
    file: path.join(folder, name, 'main.duckdb'),
    workspace: folder,
    readable: { folders: [path.dirname(FLIGHTS)], files: [] },
  });
const database = open('state');
try {
  const asUser = (sql, more) => database.query(sql, { author: 'user', ...more });
  await asUser('SELECT 1');
  const memory = once(pss(database.pid));
  const alone = await (await DuckDBInstance.create(':memory:', {})).connect();
  const all = async (sql) => (await alone.runAndReadAll(sql)).getRows();
  const columns = (await all(`DESCRIBE FROM '${FLIGHTS}'`)).map(([name]) => name);
  const sql = aggregationOf(columns);
  const lines = [
    beside(
      'aggregation over 3 M flights',
      await inTurns(aggregations, { ours: () => asUser(sql), peer: () => all(sql) }),
      { ratio: 1.05, plus: 3 },
    ),
    beside('select 1', await inTurns(trips, { ours: () => asUser('SELECT 1'), peer: () => all('SELECT 1') })),
    beside('first page of a million rows', await firstPages(asUser, alone), { ratio: 1, plus: 5 }),
    beside('3 M flights to Parquet', await inTurns(copies, parquet())),
  ];
  report([
    {
      lines: [
        ...lines,
        plain('select 1 of the model, through its gate', 'ms', await repeated(trips, asModel)),
        plain('a million rows, counted', 'ms', await repeated(copies, () => asUser(MILLION))),
        plain('start of the process and first query', 'ms', sample(await starts())),
        plain('memory after the first query (PSS)', 'MB', memory),
        plain('memory after all of it (PSS)', 'MB', once(pss(database.pid))),
      ],
    },
  ]);

  function asModel() {
    return database.query('SELECT 1', { author: 'model' });
  }
  function parquet() {
    const file = path.join(folder, 'out.parquet');
    const copy = `COPY (FROM '${FLIGHTS}') TO '${file}' (FORMAT parquet, COMPRESSION uncompressed)`;
    return {
      ours: () => database.toParquet(`FROM '${FLIGHTS}'`, file, { author: 'user' }),
      peer: () => alone.run(copy),
    };
  }
} finally {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
}

function plain(what, unit, ours) {
  return { what, unit, ours };
}
function beside(what, { ours, peer }, goal) {
  return { what, unit: 'ms', ours, beside: PEER, peer, goal };
}

async function starts() {
  const times = [];
  for (let round = 0; round < copies; round += 1) {
    let other;
    times.push(
      await timed(async () => {
        other = open(`start-${round}`);
        await other.query('SELECT 1', { author: 'user' });
      }),
    );
    await other.close();
  }
  return times;
}

/** Until the first page or chunk is there. The rest is stopped, and over before the next begins. */
async function firstPages(query, alone) {
  let stopped;
  const ours = async () => {
    const stop = new AbortController();
    let whole;
    await new Promise((resolve, reject) => {
      whole = query(MILLION, { onPage: resolve, signal: stop.signal });
      whole.catch(reject);
    });
    stop.abort();
    stopped = whole.catch(() => undefined);
  };
  const peer = () => firstChunk(alone, MILLION);
  return inTurns(pages, { ours, peer }, () => stopped);
}

async function load() {
  const outfile = path.join(ROOT, 'kernel/src/database', `bench-${process.pid}.mjs`);
  await build({
    entryPoints: [path.join(ROOT, 'kernel/src/database/openDatabase.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['esbuild'],
  });
  try {
    return await import(outfile);
  } finally {
    rmSync(outfile);
  }
}

async function firstChunk(connection, sql) {
  const result = await connection.stream(sql);
  await result.fetchChunk();
  connection.interrupt();
}

/** Names of columns differ between editions of the data set. */
function aggregationOf(columns) {
  const named = (pattern) => columns.find((name) => pattern.test(name)) ?? columns[0];
  return `
    SELECT "${named(/origin/i)}" AS origin, count(*) AS flights, avg("${named(/delay/i)}") AS delay, max("${named(/distance/i)}") AS longest
    FROM '${FLIGHTS}' GROUP BY origin ORDER BY flights DESC`;
}

function pss(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]) / 1024;
}
