import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const TAP =
  process.env.WORLDLINE_MESSAGES === undefined ? [] : ['--import', resolve('tests/support/tapMessages.mjs')];

/** A data folder for Jupyter with nothing in it but this kernel, as built in kernel/dist. */
export interface JupyterFolder {
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  remove(): void;
}

/**
 * Makes a kernelspec of the name `worldline` from its template; `env` makes a Python program find it. Where messages are
 * recorded, so are those that its kernels send.
 */
export function installForTest(): JupyterFolder {
  const folder = mkdtempSync(join(tmpdir(), 'worldline-jupyter-'));
  const kernels = join(folder, 'share/kernels/worldline');
  mkdirSync(kernels, { recursive: true });
  const spec = JSON.parse(readFileSync(resolve('kernelspec/kernel.json'), 'utf8')) as {
    argv: string[];
    env: Record<string, string>;
  };
  const places: Record<string, string> = {
    '{node}': process.execPath,
    '{main}': resolve('kernel/dist/main.js'),
    '{jupyter}': resolve('.venv/bin/jupyter'),
  };
  const [node = '', ...rest] = spec.argv.map((part) => places[part] ?? part);
  spec.argv = [node, ...TAP, ...rest];
  for (const [name, value] of Object.entries(spec.env)) spec.env[name] = places[value] ?? value;
  writeFileSync(join(kernels, 'kernel.json'), JSON.stringify(spec));
  const env = {
    JUPYTER_PATH: join(folder, 'share'),
    JUPYTER_RUNTIME_DIR: join(folder, 'runtime'),
    WORLDLINE_HOME: join(folder, 'home'),
  };
  return {
    env,
    folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Runs a program with the project's Python and gives its exit code and all that it wrote. */
export async function runPython(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  const python = process.env.WORLDLINE_PYTHON ?? resolve('.venv/bin/python');
  const child = spawn(python, argv, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
