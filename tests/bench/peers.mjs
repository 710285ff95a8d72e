/**
 * Peers that are Python packages, pinned, each set in a virtual environment of its own: what one asks for must not change
 * what another runs with. They are kept for the next run.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PYTHON, ROOT } from './Kernel.mjs';

const FOLDER = path.join(ROOT, 'node_modules/.cache/worldline-bench');

/**
 * Installs what is not there yet, and gives the Python that has it.
 * @param {string} name of the environment
 * @param {readonly string[]} packages as pip takes them
 * @returns {string} the path of its python
 */
export function peerPython(name, packages) {
  const folder = path.join(FOLDER, name);
  const python = path.join(folder, 'bin/python');
  const done = path.join(folder, 'packages.txt');
  const wanted = packages.join('\n');
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return python;
  const options = { stdio: ['ignore', 'ignore', 'inherit'] };
  console.error(`Installing ${packages.join(' ')}`);
  execFileSync(PYTHON, ['-m', 'venv', '--clear', folder], options);
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...packages], options);
  writeFileSync(done, wanted);
  return python;
}
