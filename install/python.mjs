import { readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installSystemPackages } from './apt.mjs';
import { Problem } from './problem.mjs';
import { capture } from './run.mjs';

const PROBE = 'import sys, venv, json; print(json.dumps([list(sys.version_info[:2]), sys.executable]))';

/**
 * A Python of version 3.10 or later that can make virtual environments.
 * @param {{ yes: boolean }} options
 * @returns {Promise<string>} its path
 */
export async function findPython(say, options) {
  const found = await firstUsable();
  if (found.python !== undefined) return found.python;
  if (await installSystemPackages(['python3', 'python3-venv'], 'Python', say, options)) {
    const again = await firstUsable();
    if (again.python !== undefined) return again.python;
  }
  throw new Problem(
    found.withoutVenv === undefined
      ? 'No Python 3.10 or later was found; JupyterLab needs one.'
      : `${found.withoutVenv} cannot make virtual environments.`,
    'Install Python, then run this again:\n' +
      '    Debian, Ubuntu:  sudo apt-get install python3 python3-venv\n' +
      '    Fedora:          sudo dnf install python3\n' +
      '    macOS:           brew install python\n' +
      '    otherwise:       https://www.python.org/downloads/',
  );
}

async function firstUsable() {
  let withoutVenv;
  for (const candidate of candidates()) {
    const { code, stdout } = await capture(candidate, ['-c', PROBE]);
    if (code !== 0) continue;
    const [[major, minor], python] = JSON.parse(stdout);
    if (major !== 3 || minor < 10) continue;
    if ((await capture(python, ['-c', 'import ensurepip'])).code === 0) return { python, withoutVenv };
    withoutVenv ??= python;
  }
  return { python: undefined, withoutVenv };
}

function candidates() {
  const named = [
    'python3',
    'python',
    ...[13, 12, 14, 11, 10].map((minor) => `python3.${minor}`),
    '/usr/bin/python3',
  ];
  return [...(process.env.PYTHON ? [process.env.PYTHON] : []), ...named, ...pyenv()];
}

/** Interpreters that pyenv holds, newest first: its shims answer only for the versions that are switched on. */
function pyenv() {
  const versions = path.join(process.env.PYENV_ROOT ?? path.join(os.homedir(), '.pyenv'), 'versions');
  try {
    return readdirSync(versions)
      .filter((name) => /^3\.\d+\.\d+$/.test(name))
      .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
      .map((name) => path.join(versions, name, 'bin', 'python'));
  } catch {
    return [];
  }
}
