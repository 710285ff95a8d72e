import { existsSync } from 'node:fs';
import { confirm } from './confirm.mjs';
import { capture, work } from './run.mjs';
import { remember } from './state.mjs';

let listsAreFresh = false;

/** Is this a system with apt-get, such as Debian or Ubuntu? */
export function hasApt() {
  return existsSync('/usr/bin/apt-get');
}

function mayUseApt() {
  return hasApt() && process.getuid?.() === 0;
}

/**
 * Installs packages of the distribution where we may and the user agrees; says whether it did.
 * @param {readonly string[]} names
 * @param {string} purpose what they are for, for the question
 * @param {import('./report.mjs').Say} say
 * @param {{ yes: boolean }} options
 */
export async function installSystemPackages(names, purpose, say, options) {
  if (!mayUseApt()) return false;
  const missing = [];
  for (const name of names) if (!(await isInstalled(name))) missing.push(name);
  if (missing.length === 0) return false;
  if (!(await confirm(`${purpose} needs apt-get install ${missing.join(' ')}. Install now?`, options)))
    return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const fix = `Install it yourself, then run this again:\n    sudo apt-get install ${missing.join(' ')}`;
  if (!listsAreFresh) {
    say('apt-get update');
    await work('apt-get', ['update', '-q', '-o', 'Acquire::Retries=3'], { env, say, fix });
    listsAreFresh = true;
  }
  say(`apt-get install ${missing.join(' ')}`);
  const flags = ['-y', '-q', '--no-install-recommends', '-o', 'Acquire::Retries=3', '-o', 'Dpkg::Use-Pty=0'];
  await work('apt-get', ['install', ...flags, ...missing], { env, say, fix });
  for (const name of missing) remember('system', name);
  return true;
}

async function isInstalled(name) {
  const { code, stdout } = await capture('dpkg-query', ['-W', '-f', '${Status}', name]);
  return code === 0 && stdout === 'install ok installed';
}
