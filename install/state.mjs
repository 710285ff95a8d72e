import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inProject } from './paths.mjs';

const FILE = inProject('.worldline', 'install.json');
export const DAEMON_LOG = inProject('.worldline', 'dockerd.log');

/**
 * What was put in, to be taken out again, and what was built from what, not to be built twice.
 * @typedef {object} State
 * @property {string[]} paths files and folders outside git that the installer made
 * @property {string[]} images names of Docker images that it made
 * @property {string[]} system packages that it installed with apt-get; these stay
 * @property {Record<string, string>} stamps fingerprint of the inputs of each build
 */

/** @returns {State} */
export function readState() {
  const empty = { paths: [], images: [], system: [], stamps: {} };
  try {
    return { ...empty, ...JSON.parse(readFileSync(FILE, 'utf8')) };
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return empty;
    throw error;
  }
}

/**
 * @param {'paths' | 'images' | 'system'} kind
 * @param {string} entry
 */
export function remember(kind, entry) {
  const state = readState();
  if (state[kind].includes(entry)) return;
  state[kind].push(entry);
  write(state);
}

/**
 * @param {string} name
 * @param {string} fingerprint
 */
export function stamp(name, fingerprint) {
  const state = readState();
  state.stamps[name] = fingerprint;
  write(state);
}

/** Forgets it all, and the logs with it. */
export function forget() {
  rmSync(FILE, { force: true });
  rmSync(DAEMON_LOG, { force: true });
  if (readdirSync(path.dirname(FILE)).length === 0) rmdirSync(path.dirname(FILE));
}

/** @param {State} state */
function write(state) {
  mkdirSync(path.dirname(FILE), { recursive: true });
  const fresh = `${FILE}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(fresh, FILE);
}
