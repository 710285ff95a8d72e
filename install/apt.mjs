import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { confirm } from './confirm.mjs';
import { capture, work } from './run.mjs';
import { remember } from './state.mjs';

/** What apt-get says where another one, or the system's own updates, are at work. */
const LOCKED = /Could not get lock|Unable to (?:lock|acquire)/;
/** Milliseconds between two tries, and until the other one is not waited for any more. */
const RETRY = 3_000;
const PATIENCE = 600_000;

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
  const fix = `Install it yourself, then run this again:\n    sudo apt-get install ${missing.join(' ')}`;
  if (!listsAreFresh) {
    say('apt-get update');
    await aptGet(['update'], say, fix);
    listsAreFresh = true;
  }
  say(`apt-get install ${missing.join(' ')}`);
  await aptGet(['install', '-y', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0', ...missing], say, fix);
  for (const name of missing) remember('system', name);
  return true;
}

/** Waits where another process holds apt's locks: they are taken by turns, and a new machine often updates itself. */
async function aptGet(args, say, fix) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const until = performance.now() + PATIENCE;
  for (let tries = 0; ; tries += 1) {
    try {
      await work('apt-get', ['-q', '-o', 'Acquire::Retries=3', ...args], { env, say, fix });
      return;
    } catch (error) {
      if (!LOCKED.test(error.fix ?? '') || performance.now() > until) throw error;
      if (tries === 0) say('waiting for another apt-get to end');
      await wait(RETRY);
    }
  }
}

async function isInstalled(name) {
  const { code, stdout } = await capture('dpkg-query', ['-W', '-f', '${Status}', name]);
  return code === 0 && stdout === 'install ok installed';
}
