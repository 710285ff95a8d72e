import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

/** The echo kernel, bundled into a folder of its own. */
export interface EchoKernel {
  readonly argv: readonly string[];
  remove(): void;
}

export async function bundleEchoKernel(): Promise<EchoKernel> {
  const folder = mkdtempSync(join(tmpdir(), 'worldline-echo-'));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const outfile = join(folder, 'echo.mjs');
  await build({
    entryPoints: [resolve('tests/support/echo-engine.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['zeromq'],
    logLevel: 'error',
  });
  return {
    argv: [outfile, '{connection_file}'],
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
