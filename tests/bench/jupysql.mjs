#!/usr/bin/env node
/**
 * Times cells of SQL through the whole kernel, beside JupySQL on DuckDB in ipykernel, which has no gate, no checkpoint and no
 * process of its own for the database.
 *
 *     node tests/bench/jupysql.mjs [--quick] [--trips 200] [--aggregations 15]
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Kernel, ROOT, WORLDLINE } from './Kernel.mjs';
import { inTurns, numbersOf, report } from './measure.mjs';
import { peerPython } from './peers.mjs';

const PEER = 'JupySQL in ipykernel';
const PACKAGES = [
  ...['ipykernel==7.4.0', 'jupysql==0.11.1', 'duckdb==1.5.5', 'duckdb-engine==0.17.0'],
  ...['pandas==3.1.1', 'setuptools==80.9.0'],
];
const FLIGHTS = path.join(ROOT, 'node_modules/vega-datasets/data/flights-3m.parquet');
const AGGREGATION =
  'select origin, count(*) as flights, avg(delay) as delay from flights group by origin order by flights desc';

const { trips, aggregations } = numbersOf({ trips: [200, 10], aggregations: [15, 2] });
const root = mkdtempSync(path.join(tmpdir(), 'worldline-bench-'));
const running = [];
try {
  const [ours, peer] = [await worldline(), await jupysql()];
  const create = `create table flights as select * from '${FLIGHTS}'`;
  for (const kernel of [ours, peer]) await kernel.execute(`%%sql\n${create}`);
  const beside = { unit: 'ms', beside: PEER };
  const trip = await cells(trips, 'select 1', ours, peer);
  const aggregation = await cells(aggregations, AGGREGATION, ours, peer);
  report([
    {
      lines: [
        { what: '%%sql select 1', ...beside, ...trip },
        { what: '%%sql aggregation over a table of 3 M flights', ...beside, ...aggregation },
      ],
    },
  ]);
} finally {
  for (const kernel of running) await kernel.end();
  rmSync(root, { recursive: true, force: true });
}

async function worldline() {
  const cwd = path.join(root, 'notebook');
  mkdirSync(cwd);
  const env = {
    ...process.env,
    WORLDLINE_HOME: path.join(root, 'home'),
    JPY_SESSION_NAME: path.join(cwd, 'bench.ipynb'),
  };
  const kernel = await Kernel.start(WORLDLINE, root, { cwd, env });
  running.push(kernel);
  await kernel.execute(`%allow ${path.dirname(FLIGHTS)}`);
  return kernel;
}

async function jupysql() {
  const python = peerPython('jupysql', PACKAGES);
  const kernel = await Kernel.start([python, '-m', 'ipykernel_launcher', '-f', '{connection_file}'], root);
  running.push(kernel);
  await kernel.execute('%load_ext sql');
  await kernel.execute('%config SqlMagic.displaylimit = 50');
  await kernel.execute('%config SqlMagic.autopandas = False');
  await kernel.execute('%sql duckdb://');
  return kernel;
}

/** By turns, after two rounds that only warm up. */
async function cells(rounds, sql, ours, peer) {
  const cell = `%%sql\n${sql}`;
  const works = { ours: () => ours.execute(cell), peer: () => peer.execute(cell) };
  await inTurns(2, works);
  return inTurns(rounds, works);
}
