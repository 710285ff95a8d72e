/**
 * Peers from the package indexes, pinned, each set in a folder of its own: what one asks for must not change what another runs
 * with. They are kept for the next run.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PYTHON, ROOT } from './Kernel.mjs';

const FOLDER = path.join(ROOT, 'node_modules/.cache/worldline-bench');
const OPTIONS = { stdio: ['ignore', 'ignore', 'inherit'] };

/**
 * Installs what is not there yet, and gives the Python that has it.
 * @param {string} name of the environment
 * @param {readonly string[]} packages as pip takes them
 */
export function peerPython(name, packages) {
  const folder = installed(name, packages, (folder) => {
    execFileSync(PYTHON, ['-m', 'venv', folder], OPTIONS);
    execFileSync(path.join(folder, 'bin/python'), ['-m', 'pip', 'install', '--quiet', ...packages], OPTIONS);
  });
  return path.join(folder, 'bin/python');
}

/**
 * Installs an npm package that is not there yet, and gives the path of its file.
 * @param {string} spec as npm takes it, with its version
 * @param {string} file in `node_modules`
 */
export function peerPackage(spec, file) {
  const folder = installed(spec.replace(/\W+/g, '-'), [spec], (folder) => {
    writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', spec], {
      ...OPTIONS,
      cwd: folder,
    });
  });
  return path.join(folder, 'node_modules', file);
}

function installed(name, packages, install) {
  const folder = path.join(FOLDER, name);
  const done = path.join(folder, 'packages.txt');
  const wanted = packages.join('\n');
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return folder;
  console.error(`Installing ${packages.join(' ')}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  install(folder);
  writeFileSync(done, wanted);
  return folder;
}
