import path from 'node:path';

/** The checkout that this installer belongs to. */
export const ROOT = path.resolve(import.meta.dirname, '..');

/** @param {string[]} parts */
export function inProject(...parts) {
  return path.join(ROOT, ...parts);
}

/**
 * The program of a Python environment.
 * @param {string} environment
 * @param {string} name
 */
export function program(environment, name) {
  return process.platform === 'win32'
    ? path.join(environment, 'Scripts', `${name}.exe`)
    : path.join(environment, 'bin', name);
}
