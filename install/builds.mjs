import { existsSync } from 'node:fs';
import { PACKAGED } from './app.mjs';
import { fingerprint } from './fingerprint.mjs';
import { inProject, ROOT } from './paths.mjs';
import { work } from './run.mjs';
import { readState, remember, stamp } from './state.mjs';

const node = process.execPath;
const tsc = inProject('node_modules', 'typescript', 'bin', 'tsc');

/** What is compiled: from which files, by which commands, into which folders; the last output tells that it is done. */
const BUILDS = {
  kernel: {
    inputs: ['kernel/src', 'sandbox/src', 'sandbox/image', 'kernel/build.mjs', 'package-lock.json'],
    commands: [[node, inProject('kernel', 'build.mjs')]],
    folders: ['kernel/dist'],
    output: 'kernel/dist/main.js',
  },
  sandbox: {
    inputs: ['sandbox/src', 'sandbox/tsconfig.build.json', 'tsconfig.base.json', 'package-lock.json'],
    commands: [[node, tsc, '-p', inProject('sandbox', 'tsconfig.build.json')]],
    folders: ['sandbox/dist'],
    output: 'sandbox/dist/index.js',
  },
  labextension: {
    inputs: ['labextension', 'kernel/src/contract.ts', 'tsconfig.base.json', 'package-lock.json'],
    commands: [
      [node, tsc, '-p', inProject('labextension')],
      [
        node,
        inProject('node_modules', '@jupyter', 'builder', 'lib', 'build-labextension.js'),
        '--core-package-file',
        inProject('node_modules', '@jupyterlab', 'core-meta', 'core.package.json'),
        inProject('labextension'),
      ],
    ],
    folders: ['labextension/lib', 'labextension/dist'],
    output: 'labextension/dist/package.json',
  },
};

/** @typedef {keyof typeof BUILDS} BuildName */

/** Compiles one part of the project, unless it was compiled from these very files. @param {BuildName} name */
export async function build(name, say) {
  if (isBuilt(name)) return PACKAGED ? 'in the package' : 'up to date';
  const { commands, folders } = BUILDS[name];
  say('compiling');
  for (const folder of folders) remember('paths', folder);
  for (const [command, ...args] of commands) {
    await work(command, args, {
      cwd: ROOT,
      say,
      fix: 'This checkout does not compile: compare it with git status.',
    });
  }
  noteBuilt(name);
  return `built ${folders.at(-1)}`;
}

/** Takes what its folders hold for made of its inputs as they are. @param {BuildName} name */
export function noteBuilt(name) {
  for (const folder of BUILDS[name].folders) remember('paths', folder);
  stamp(name, inputsOf(name));
}

/** @param {BuildName} name */
export function isBuilt(name) {
  return isThere(name) && (PACKAGED || readState().stamps[name] === inputsOf(name));
}

/** Whether it was compiled at all, from whatever. @param {BuildName} name */
export function isThere(name) {
  return existsSync(inProject(BUILDS[name].output));
}

function inputsOf(name) {
  return fingerprint(BUILDS[name].inputs, [process.version]);
}
