#!/usr/bin/env node
/**
 * Times the wire against ipykernel: from the start of the process to the first `kernel_info_reply`, the round trip of a cell,
 * 100,000 printed lines, and one printed string of 50 MB. The wire runs an engine that only echoes.
 *
 *     node tests/bench/wire.mjs [--quick] [--starts 10] [--trips 300] [--outputs 5]
 *
 * WORLDLINE_PYTHON names a python that has ipykernel; ./.venv/bin/python where it is not set.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildKernel } from '../../kernel/build.mjs';
import { IPYKERNEL, Kernel, WORLDLINE } from './Kernel.mjs';
import { inTurns, numbersOf, report, sample } from './measure.mjs';

const { starts, trips, outputs } = numbersOf({ starts: [10, 2], trips: [300, 20], outputs: [5, 1] });
const WARM = 20;

const folder = mkdtempSync(path.join(os.tmpdir(), 'worldline-bench-'));
try {
  const built = path.join(folder, 'echo');
  await buildKernel({ entries: { echo: 'tests/support/echo-engine.ts' }, outdir: built });
  const echo = {
    argv: [process.execPath, path.join(built, 'echo.js'), '{connection_file}'],
    cell: 'result 2',
    lines: 'lines 100000',
    long: 'long 25000000',
  };
  const ipykernel = {
    argv: IPYKERNEL,
    cell: '1+1',
    lines: 'for n in range(100000): print("line", n)',
    long: 'print("ü" * 25000000)',
  };
  const lines = [...(await starting(echo)), ...(await trip()), ...(await printing())];
  report([{ lines }]);

  async function starting({ argv }) {
    const started = { echo: [], worldline: [], ipykernel: [] };
    for (let round = 0; round < starts; round += 1) {
      for (const [name, command] of [
        ['echo', argv],
        ['worldline', WORLDLINE],
        ['ipykernel', IPYKERNEL],
      ]) {
        const kernel = await Kernel.start(command, folder);
        started[name].push(kernel.started);
        await kernel.end();
      }
    }
    const peer = { unit: 'ms', beside: 'ipykernel', peer: sample(started.ipykernel), goal: { ratio: 0.35 } };
    return [
      { what: 'start to first reply', ours: sample(started.worldline), ...peer },
      { what: 'start to first reply, the wire alone', ours: sample(started.echo), ...peer },
    ];
  }

  async function trip() {
    const both = await startBoth();
    const { ours, peer } = await inTurns(trips, {
      ours: () => both.ours.execute(echo.cell),
      peer: () => both.peer.execute(ipykernel.cell),
    });
    await endBoth(both);
    const goal = { ratio: 0.35 };
    return [
      { what: 'round trip of a cell, the wire alone', unit: 'ms', ours, beside: 'ipykernel', peer, goal },
    ];
  }

  async function printing() {
    const both = await startBoth();
    const lines = await inTurns(outputs, {
      ours: () => both.ours.execute(echo.lines),
      peer: () => both.peer.execute(ipykernel.lines),
    });
    await endBoth(both);
    const times = { ours: [], peer: [] };
    const peaks = { ours: [], peer: [] };
    for (let round = 0; round < outputs; round += 1) {
      // A fresh one each time: memory is the most that a process ever had.
      const fresh = await startBoth();
      for (const [name, { long }] of Object.entries({ ours: echo, peer: ipykernel })) {
        times[name].push(await fresh[name].execute(long));
        peaks[name].push(fresh[name].peak());
      }
      await endBoth(fresh);
    }
    const beside = { beside: 'ipykernel', goal: { ratio: 1 } };
    return [
      { what: '100,000 printed lines', unit: 'ms', ...lines, ...beside },
      {
        what: 'one string of 50 MB',
        unit: 'ms',
        ours: sample(times.ours),
        peer: sample(times.peer),
        ...beside,
      },
      {
        what: 'the same, peak memory',
        unit: 'MB',
        ours: sample(peaks.ours),
        peer: sample(peaks.peer),
        ...beside,
      },
    ];
  }

  async function startBoth() {
    const both = {
      ours: await Kernel.start(echo.argv, folder),
      peer: await Kernel.start(ipykernel.argv, folder),
    };
    for (let warm = 0; warm < WARM; warm += 1) {
      await both.ours.execute(echo.cell);
      await both.peer.execute(ipykernel.cell);
    }
    return both;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function endBoth({ ours, peer }) {
  await ours.end();
  await peer.end();
}
