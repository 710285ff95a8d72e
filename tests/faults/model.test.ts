import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { withKernel } from '../integration/withKernel.js';
import { startModelServer } from '../support/model-server.js';
import { canMount } from '../support/sharedDisk.js';
import { AGENT } from './cells.js';
import { KINDS, type Step, WorldlineModel } from './WorldlineModel.js';

/** Rows of steps in the suite; more with WORLDLINE_MODEL_RUNS. */
const RUNS = Number(process.env['WORLDLINE_MODEL_RUNS'] ?? 1);
/** The seed and the path of a failure, to run that again: `822533902 0`. */
const [SEED, PATH] = process.env['WORLDLINE_MODEL_SEED']?.split(' ') ?? [];
const STEPS = 16;

/** What the others are about comes more often; a disk can be filled only where one can be mounted. */
const weights: Readonly<Partial<Record<Step['kind'], number>>> = {
  ...{ sql: 4, python: 4, ask: 2, undo: 4, 'undo-step': 2, branch: 2, 'branch-back': 2, switch: 4, kill: 2 },
  full: canMount ? 1 : 0,
};
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    ...KINDS.map((kind) => ({
      weight: weights[kind] ?? 1,
      arbitrary: fc.record({ kind: fc.constant(kind), pick: fc.nat(20) }),
    })),
  ),
  { minLength: STEPS, maxLength: STEPS },
);

test(
  'random cells and moves in real kernels, of which everything is killed, leave what a simple model says',
  () =>
    fc.assert(
      fc.asyncProperty(steps, (list) =>
        withNotebook(async (model) => {
          await model.begin();
          for (const step of list) await model.step(step);
          await model.step({ kind: 'kill', pick: 0 });
        }),
      ),
      {
        numRuns: RUNS,
        endOnFailure: true,
        ...(SEED === undefined ? {} : { seed: Number(SEED), path: PATH ?? '0' }),
      },
    ),
  120_000 + RUNS * 240_000,
);

/** A notebook with an agent, on a disk of its own that can be filled. */
async function withNotebook(use: (model: WorldlineModel) => Promise<void>): Promise<void> {
  const server = await startModelServer({ script: AGENT });
  const place = mkdtempSync(join(tmpdir(), 'worldlines-disk-'));
  if (canMount) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256m', 'tmpfs', place]);
  try {
    await withKernel((notebook) => use(new WorldlineModel(notebook)), {
      place,
      env: { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'test-key', WORLDLINE_MODEL: 'scripted' },
    });
    expect(server.violations).toEqual([]);
  } finally {
    // Lazily: where a test failed, a process still has files open.
    if (canMount) execFileSync('umount', ['--lazy', place]);
    rmdirSync(place);
    await server.close();
  }
}
