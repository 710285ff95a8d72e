import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './paths.mjs';

const SKIPPED = new Set(['node_modules', 'dist', 'lib', '__pycache__', '.ipynb_checkpoints']);

/**
 * A hash of files and folders of the project, by name and content, and of further words. Tests do not count.
 * @param {readonly string[]} inputs paths relative to the project
 * @param {readonly string[]} words
 */
export function fingerprint(inputs, words = []) {
  const hash = createHash('sha256');
  for (const file of inputs.flatMap((input) => filesOf(path.join(ROOT, input)))) {
    hash.update(`${path.relative(ROOT, file).split(path.sep).join('/')}\0`);
    hash.update(createHash('sha256').update(readFileSync(file)).digest());
  }
  for (const word of words) hash.update(`\0${word}`);
  return hash.digest('hex').slice(0, 32);
}

/** What the sandbox image is made from, whatever packages it has beside; the kernel compares it with the image's label. */
export function imageFingerprint() {
  return fingerprint(['sandbox/image']);
}

/** @returns {string[]} */
function filesOf(entry) {
  if (!existsSync(entry)) return [];
  if (statSync(entry).isFile()) return [entry];
  return readdirSync(entry)
    .filter((name) => !SKIPPED.has(name) && !/\.test\.tsx?$|\.pyc$/.test(name))
    .sort()
    .flatMap((name) => filesOf(path.join(entry, name)));
}
