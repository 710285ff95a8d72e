#!/usr/bin/env node
/**
 * Times the wire against ipykernel and other kernels: from the start of the process to the first `kernel_info_reply`, and the
 * round trip of a cell; against ipykernel, 100,000 printed lines and one printed string of 50 MB. The wire runs an engine that
 * only echoes.
 *
 *     node tests/bench/wire.mjs [--quick] [--starts 10] [--trips 300] [--outputs 5]
 *
 * WORLDLINE_PYTHON names a python that has ipykernel; ./.venv/bin/python where it is not set.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildKernel } from '../../kernel/build.mjs';
import { Kernel, WORLDLINE } from './Kernel.mjs';
import { otherKernels } from './kernels.mjs';
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
  const others = otherKernels();
  const ipykernel = {
    ...others.ipykernel,
    lines: 'for n in range(100000): print("line", n)',
    long: 'print("ü" * 25000000)',
  };
  const lines = [...(await starting(echo)), ...(await trip()), ...(await printing())];
  report([{ lines }]);

  async function starting({ argv }) {
    const commands = {
      worldline: WORLDLINE,
      echo: argv,
      ...Object.fromEntries(Object.entries(others).map(([name, other]) => [name, other.argv])),
    };
    const started = new Map(Object.keys(commands).map((name) => [name, []]));
    for (let round = 0; round < starts; round += 1) {
      for (const [name, command] of Object.entries(commands)) {
        const kernel = await Kernel.start(command, folder);
        started.get(name).push(kernel.started);
        await kernel.end();
      }
    }
    const times = (name) => sample(started.get(name));
    const besides = (what, ours) => Object.keys(others).map((name) => beside(what, ours, name, times(name)));
    return [
      ...besides('start to first reply', times('worldline')),
      beside('start to first reply, the wire alone', times('echo'), 'ipykernel', times('ipykernel')),
    ];
  }

  async function trip() {
    const cells = { ours: echo, ...others };
    const kernels = {};
    for (const [name, cell] of Object.entries(cells))
      kernels[name] = await unlessLost(name, () => warm(cell));
    const works = Object.entries(cells).map(([name, { cell }]) => [
      name,
      async () => {
        const kernel = kernels[name];
        if (!kernel || (await unlessLost(name, () => kernel.execute(cell))) !== null) return;
        kernels[name] = null;
        await kernel.end();
      },
    ]);
    const { ours, ...peers } = await inTurns(trips, Object.fromEntries(works));
    for (const kernel of Object.values(kernels)) await kernel?.end();
    return Object.entries(peers)
      .filter(([name]) => kernels[name] !== null)
      .map(([name, peer]) => beside('round trip of a cell, the wire alone', ours, name, peer));
  }

  /** The goals are set beside ipykernel. */
  function beside(what, ours, name, peer) {
    const line = { what, unit: 'ms', ours, beside: name, peer };
    return name === 'ipykernel' ? { ...line, goal: { ratio: 0.35 } } : line;
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
    return { ours: await warm(echo), peer: await warm(ipykernel) };
  }

  async function warm({ argv, cell }) {
    const kernel = await Kernel.start(argv, folder);
    try {
      for (let round = 0; round < WARM; round += 1) await kernel.execute(cell);
      return kernel;
    } catch (error) {
      await kernel.end();
      throw error;
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Null for a peer that loses messages, as some do: it is left out. */
async function unlessLost(name, work) {
  try {
    return await work();
  } catch (error) {
    if (name === 'ours' || name === 'ipykernel') throw error;
    console.error(`${name} is left out of the round trips. ${error.message}`);
    return null;
  }
}

async function endBoth({ ours, peer }) {
  await ours.end();
  await peer.end();
}
