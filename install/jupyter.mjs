import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inProject, program } from './paths.mjs';
import { Problem } from './problem.mjs';
import { findPython } from './python.mjs';
import { capture, work } from './run.mjs';
import { fingerprint } from './fingerprint.mjs';
import { readState, remember, stamp } from './state.mjs';

const ENVIRONMENT = inProject('.venv');
const REQUIREMENTS = 'install/requirements.txt';
/** What starts JupyterLab: as root it does so only when told that this is meant. */
export const LAB = process.getuid?.() === 0 ? ['lab', '--allow-root'] : ['lab'];

/**
 * @typedef {object} Jupyter
 * @property {string} command the `jupyter` program
 * @property {string} data the folder that kernels and extensions are installed into
 * @property {string} version of JupyterLab
 * @property {boolean} own in the project's own environment
 */

/** The Jupyter that an install would use, as far as it is there. @returns {Promise<Jupyter | null>} */
export async function findJupyter() {
  const ours = program(ENVIRONMENT, 'jupyter');
  if (existsSync(ours) && readState().stamps.python === fingerprint([REQUIREMENTS]))
    return await describe(ours, true);
  return existsSync(ours) ? null : await describe('jupyter', false);
}

/**
 * The user's own JupyterLab where there is one, else the project's own, made now where it is missing. With `own`, the
 * project's in any case.
 * @param {{ yes: boolean, own?: boolean }} options
 * @returns {Promise<{ jupyter: Jupyter, made: boolean }>}
 */
export async function jupyter(say, options) {
  const found = options.own ? null : await findJupyter();
  return found === null ? await ownJupyter(say, options) : { jupyter: found, made: false };
}

/**
 * The JupyterLab in `.venv`, made now where it is missing.
 * @param {{ yes: boolean }} options
 * @returns {Promise<{ jupyter: Jupyter, made: boolean }>}
 */
async function ownJupyter(say, options) {
  const fix = `Is the Python package index within reach? Then run this again. To start over, remove ${ENVIRONMENT}.`;
  const wanted = fingerprint([REQUIREMENTS]);
  const made = readState().stamps.python !== wanted || !existsSync(program(ENVIRONMENT, 'jupyter'));
  if (made) {
    const python = await findPython(say, options);
    remember('paths', '.venv');
    say(`making .venv with ${python}`);
    await work(python, ['-m', 'venv', ENVIRONMENT], { say, fix });
    // JupyterLab brings a CommonJS yarn.js, which the project's "type": "module" above it would break.
    writeFileSync(path.join(ENVIRONMENT, 'package.json'), '{ "type": "commonjs" }\n');
    await pipInstall(REQUIREMENTS, say, fix);
    stamp('python', wanted);
  }
  const jupyter = await describe(program(ENVIRONMENT, 'jupyter'), true);
  if (jupyter === null) throw new Problem('The Jupyter in .venv does not start.', fix);
  return { jupyter, made };
}

/**
 * Installs a requirements file into `.venv`.
 * @param {string} file relative to the project
 */
export async function pipInstall(file, say, fix) {
  const wanted = readFileSync(inProject(file), 'utf8').match(/^[\w.-]+==\S+/gm) ?? [];
  say(`pip install ${wanted.join(' ')}`);
  await work(
    program(ENVIRONMENT, 'python'),
    ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '-r', inProject(file)],
    { say, fix },
  );
}

/** @returns {Promise<Jupyter | null>} null where it does not run, or has no JupyterLab 4 */
async function describe(command, own) {
  const paths = await capture(command, ['--paths', '--json']);
  if (paths.code !== 0) return null;
  const data = JSON.parse(paths.stdout).data[0];
  const version = own ? pinnedVersion() : (await capture(command, ['lab', '--version'])).stdout.trim();
  if (!/^[4-9]\.|^\d{2,}\./.test(version)) return null;
  return { command, data: path.resolve(data), version, own };
}

function pinnedVersion() {
  return /^jupyterlab==(\S+)/m.exec(readFileSync(inProject(REQUIREMENTS), 'utf8'))?.[1] ?? '';
}
