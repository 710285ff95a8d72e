import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inProject } from './paths.mjs';
import { remember } from './state.mjs';

const NAME = 'worldline';

/** Where Jupyter looks for the kernel. @param {string} data Jupyter's data folder */
export function kernelspecFolder(data) {
  return path.join(data, 'kernels', NAME);
}

/** Tells Jupyter how to start the kernel. @param {string} data */
export function placeKernelspec(data) {
  const folder = kernelspecFolder(data);
  if (kernelspecInPlace(data)) return `in ${folder}`;
  remember('paths', folder);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(inProject('kernelspec'))) {
    if (name !== 'kernel.json') cpSync(inProject('kernelspec', name), path.join(folder, name));
  }
  writeFileSync(path.join(folder, 'kernel.json'), kernelJson());
  return `installed into ${folder}`;
}

/** @param {string} data */
export function kernelspecInPlace(data) {
  const folder = kernelspecFolder(data);
  return readdirSync(inProject('kernelspec')).every((name) => {
    const placed = path.join(folder, name);
    const wanted =
      name === 'kernel.json' ? Buffer.from(kernelJson()) : readFileSync(inProject('kernelspec', name));
    return existsSync(placed) && readFileSync(placed).equals(wanted);
  });
}

/** The template with this machine's paths. */
function kernelJson() {
  const template = JSON.parse(readFileSync(inProject('kernelspec', 'kernel.json'), 'utf8'));
  const values = { '{node}': process.execPath, '{main}': inProject('kernel', 'dist', 'main.js') };
  const argv = template.argv.map((word) => values[word] ?? word);
  return `${JSON.stringify({ ...template, argv }, null, 2)}\n`;
}
