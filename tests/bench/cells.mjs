#!/usr/bin/env node
/**
 * Times cells through the whole kernel, as it was built, beside ipykernel: the round trips of SQL and Python, the first
 * Python cell, a chart, much output, and memory. Blocks of cells take turns, so that what a kernel does after its reply
 * falls into its own time.
 *
 *     node tests/bench/cells.mjs [--quick] [--trips 300] [--runs 5]
 *
 * WORLDLINE_PYTHON names a python that has ipykernel; ./.venv/bin/python where it is not set. Python cells need Docker.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { buildKernel } from '../../kernel/build.mjs';
import { IPYKERNEL, Kernel, WORLDLINE } from './Kernel.mjs';
import { numbersOf, once, repeated, report, sample } from './measure.mjs';

const { trips, runs } = numbersOf({ trips: [300, 40], runs: [5, 1] });
const BLOCK = 20;
const SQL = '%%sql\nselect 1';
const PYTHON = '%%python\n1+1';
const BAR = '%%python\nimport matplotlib.pyplot as plt\nplt.bar(["a", "b", "c"], [1, 2, 3]);';
const LINES = 'for n in range(100_000): print("line", n)';
const LONG = 'print("x" * 50_000_000)';
/** Processes of a sandbox that is ready: the supervisor, the zygote and a worker. */
const READY = 3;

const folder = mkdtempSync(path.join(os.tmpdir(), 'worldline-bench-'));
const running = new Set();
let notebooks = 0;
try {
  const [peer, wire, sql, python] = [await ipykernel(), await echo(), await worldline(), await worldline()];
  const trip = await inBlocks({
    ipykernel: () => peer.execute('1+1'),
    wire: () => wire.execute('result 2'),
    sql: () => sql.execute(SQL),
    python: () => python.execute(PYTHON),
  });
  const exec = await repeated(3, () => dockerExec(python));
  const chart = await repeated(runs + 2, () => python.execute(BAR));
  const lines = await both(
    () => python.execute(`%%python\n${LINES}`),
    () => peer.execute(LINES),
  );
  const long = await both(
    () => python.execute(`%%python\n${LONG}`),
    () => peer.execute(LONG),
  );
  await Promise.all([peer, wire, sql, python].map(end));
  const { empty, spare } = await firsts();
  const beside = { unit: 'ms', beside: 'ipykernel', peer: trip.ipykernel };
  report([
    {
      lines: [
        { what: 'round trip of %%sql select 1', ours: trip.sql, ...beside, goal: { ratio: 0.35 } },
        { what: 'round trip of %%python 1+1', ours: trip.python, ...beside, goal: { ratio: 0.5 } },
        { what: 'round trip of the wire alone', ours: trip.wire, ...beside },
        { what: '%%python 1+1', unit: 'ms', ours: trip.python, beside: 'docker exec', peer: exec },
        { what: 'first %%python, no spare', unit: 'ms', ours: empty, goal: { most: 1500 } },
        { what: 'first %%python, a spare ready', unit: 'ms', ours: spare, goal: { most: 50 } },
        { what: 'a small bar chart, warm', unit: 'ms', ours: chart, goal: { most: 60 } },
        { what: '100,000 printed lines', unit: 'ms', ...lines, beside: 'ipykernel', goal: { ratio: 1 } },
        { what: 'one string of 50 MB', unit: 'ms', ...long, beside: 'ipykernel', goal: { ratio: 1 } },
        { what: 'memory after one SQL cell', unit: 'MB', ours: await memory(), goal: { most: 151 } },
      ],
    },
  ]);
} finally {
  for (const kernel of running) await kernel.end();
  rmSync(folder, { recursive: true, force: true });
}

function started(starting) {
  return starting.then((kernel) => {
    running.add(kernel);
    return kernel;
  });
}

/** A kernel on a notebook of its own. */
function worldline() {
  const cwd = path.join(folder, `notebook ${(notebooks += 1)}`);
  mkdirSync(cwd);
  const env = {
    ...process.env,
    WORLDLINE_HOME: path.join(folder, 'home'),
    XDG_CONFIG_HOME: path.join(folder, 'config'),
    JPY_SESSION_NAME: path.join(cwd, 'bench.ipynb'),
  };
  return started(Kernel.start(WORLDLINE, folder, { cwd, env }));
}

function ipykernel() {
  return started(Kernel.start(IPYKERNEL, folder));
}

async function echo() {
  const outdir = path.join(folder, 'echo');
  await buildKernel({ entries: { echo: 'tests/support/echo-engine.ts' }, outdir });
  return started(Kernel.start([process.execPath, path.join(outdir, 'echo.js'), '{connection_file}'], folder));
}

async function end(kernel) {
  running.delete(kernel);
  await kernel.shutdown();
}

/** The times that cells give, block by block; the first cells of each block only warm up. */
async function inBlocks(works) {
  const times = Object.fromEntries(Object.keys(works).map((name) => [name, []]));
  for (let done = 0; done < trips; done += BLOCK) {
    for (const [name, work] of Object.entries(works)) {
      for (let warm = 0; warm < (done === 0 ? BLOCK : 2); warm += 1) await work();
      for (let n = 0; n < BLOCK; n += 1) times[name].push(await work());
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, sample(values)]));
}

async function both(ours, peer) {
  const times = { ours: [], peer: [] };
  for (let run = 0; run < runs; run += 1) {
    times.ours.push(await ours());
    times.peer.push(await peer());
  }
  return { ours: sample(times.ours), peer: sample(times.peer) };
}

async function firsts() {
  const times = { empty: [], spare: [] };
  for (let run = 0; run < runs; run += 1) {
    for (const name of ['empty', 'spare']) {
      const kernel = await worldline();
      if (name === 'spare') await spareReady(kernel);
      times[name].push(await kernel.execute(PYTHON));
      await end(kernel);
    }
  }
  return { empty: sample(times.empty), spare: sample(times.spare) };
}

async function memory() {
  const kernel = await worldline();
  await kernel.execute(SQL);
  const used = kernel.memory();
  await end(kernel);
  return once(used);
}

async function spareReady(kernel) {
  // The spare is made once the kernel is asked for something; what it runs is seen from outside only.
  await kernel.execute(SQL);
  while (processesIn(containerOf(kernel)) < READY) await setTimeout(50);
}

function containerOf({ child }) {
  const labelled = ['--filter', 'label=worldline.kernel', '--filter', `label=worldline.pid=${child.pid}`];
  return docker(['ps', '-q', ...labelled]).split('\n')[0];
}

function processesIn(container) {
  return container === '' ? 0 : docker(['top', container]).split('\n').length - 1;
}

/** The same sum by a process of its own in a running container. */
function dockerExec(kernel) {
  docker(['exec', containerOf(kernel), 'python3', '-c', 'print(1+1)']);
}

function docker(args) {
  const done = spawnSync('docker', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return done.stdout.trim();
}
