import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inProject } from './paths.mjs';
import { remember } from './state.mjs';

const NAME = 'worldline';

/** Where Jupyter looks for the kernel. @param {string} data Jupyter's data folder */
function kernelspecFolder(data) {
  return path.join(data, 'kernels', NAME);
}

/** Tells Jupyter how to start the kernel. @param {import('./jupyter.mjs').Jupyter} jupyter */
export function placeKernelspec(jupyter) {
  const folder = kernelspecFolder(jupyter.data);
  if (kernelspecInPlace(jupyter)) return `in ${folder}`;
  remember('paths', folder);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(inProject('kernelspec'))) {
    if (name !== 'kernel.json') cpSync(inProject('kernelspec', name), path.join(folder, name));
  }
  writeFileSync(path.join(folder, 'kernel.json'), kernelJson(jupyter));
  return `installed into ${folder}`;
}

/** @param {import('./jupyter.mjs').Jupyter} jupyter */
export function kernelspecInPlace(jupyter) {
  const folder = kernelspecFolder(jupyter.data);
  return readdirSync(inProject('kernelspec')).every((name) => {
    const placed = path.join(folder, name);
    const wanted =
      name === 'kernel.json' ? Buffer.from(kernelJson(jupyter)) : readFileSync(inProject('kernelspec', name));
    return existsSync(placed) && readFileSync(placed).equals(wanted);
  });
}

/** The template with this machine's paths. The kernel runs `jupyter` for reports, which is often not on its PATH. */
function kernelJson({ command }) {
  const template = JSON.parse(readFileSync(inProject('kernelspec', 'kernel.json'), 'utf8'));
  const values = {
    '{node}': process.execPath,
    '{main}': inProject('kernel', 'dist', 'main.js'),
    '{jupyter}': onPath(command),
  };
  const argv = template.argv.map((word) => values[word] ?? word);
  const env = Object.fromEntries(
    Object.entries(template.env).map(([name, value]) => [name, values[value] ?? value]),
  );
  return `${JSON.stringify({ ...template, argv, env }, null, 2)}\n`;
}

/** The absolute path of a program; its name alone where PATH has none. */
function onPath(command) {
  if (path.isAbsolute(command)) return command;
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return folders.map((folder) => path.join(folder, command)).find((file) => existsSync(file)) ?? command;
}
