/** Variables of a DataFrame beside Kishu, which is installed into a Python of its own for it. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { ROOT } from './Kernel.mjs';
import { sample } from './measure.mjs';
import { peerPython } from './peers.mjs';

const run = promisify(execFile);
const KISHU = 'kishu==0.3.4';
const ROUNDS = 5;

/** The tables of a page: what a checkpoint costs after one value changed, and going back, with DataFrames of some sizes. */
export async function besideKishu(sizes, folder) {
  const python = install();
  const { Lab } = await loadLab(folder);
  const tables = [];
  for (const megabytes of sizes) {
    const lab = await Lab.start();
    const ours = await measure(lab, megabytes).finally(() => lab.close());
    const peer = python === null ? null : await measureKishu(python, megabytes, folder);
    const beside = (values) => (values === undefined ? {} : { beside: 'Kishu', peer: sample(values) });
    tables.push({
      title: `A DataFrame of ${megabytes} MB, one value changed`,
      lines: [
        {
          ...{ what: 'its checkpoint, before the reply', unit: 'ms', ours: sample(ours.pauses) },
          ...{ ...beside(peer?.checkpoints), goal: { most: 5 } },
        },
        {
          ...{ what: 'going back, until the variables are there', unit: 'ms', ours: sample(ours.restores) },
          ...{ ...beside(peer?.checkouts), goal: { most: 20 } },
        },
        {
          ...{ what: 'stored for it', unit: 'MB', ours: sample(ours.stored) },
          ...{ ...beside(peer?.stored), goal: { most: 1 } },
        },
      ],
    });
  }
  return tables;
}

async function measure(lab, megabytes) {
  await lab.run('import numpy as np, pandas as pd');
  await lab.run(`x = pd.DataFrame(np.random.default_rng(0).random((${megabytes} * 12_500, 10)))`);
  await lab.capture();
  const [pauses, stored, restores] = [[], [], []];
  let snapshot;
  for (let round = 1; round <= ROUNDS; round += 1) {
    await lab.run(`x.iloc[${round} * 10, 3] = ${round}`);
    const { label, pause } = await lab.captureOnly();
    snapshot = await lab.take(label);
    pauses.push(pause);
    stored.push(snapshot.bytesAdded / 1e6);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    await lab.restore(snapshot);
    restores.push(lab.milliseconds);
  }
  return { pauses, stored, restores };
}

/** The Python that has Kishu; null where it cannot be installed. */
function install() {
  try {
    return peerPython('kishu', [KISHU]);
  } catch (error) {
    console.error(`DataFrames are measured without a peer: ${error.message}`);
    return null;
  }
}

async function measureKishu(python, megabytes, folder) {
  const home = path.join(folder, `kishu-${megabytes}`);
  await mkdir(home);
  const script = path.join(import.meta.dirname, 'kishuPeer.py');
  const env = { ...process.env, HOME: home, IPYTHONDIR: home };
  const { stdout } = await run(python, [script, String(megabytes)], { cwd: home, env });
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

async function loadLab(folder) {
  const outfile = path.join(folder, 'Lab.mjs');
  const entry = path.join(ROOT, 'tests/snapshots/Lab.ts');
  await build({
    ...{ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' },
    define: { 'import.meta.dirname': JSON.stringify(path.dirname(entry)) },
  });
  return import(outfile);
}
