import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll } from '@jest/globals';
import { build } from 'esbuild';

/** Starts a process that works as kernels do, and says what it did; it is there to be killed. */
export type StartWriter = (...args: readonly string[]) => ChildProcessByStdio<null, Readable, null>;

/** Builds the writer for the tests of a file. */
export function builtWriter(): StartWriter {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'worldlines-writer-'));
    await build({
      ...{ entryPoints: [join(import.meta.dirname, 'writer.ts')], outfile: join(folder, 'writer.mjs') },
      ...{ bundle: true, platform: 'node', format: 'esm', logLevel: 'error' },
    });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return (...args) =>
    spawn(process.execPath, [join(folder, 'writer.mjs'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}
