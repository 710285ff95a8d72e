import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inProject, ROOT } from './paths.mjs';
import { foreground } from './run.mjs';

/** Is this the npm package, with everything built, and not a checkout? */
export const PACKAGED = !existsSync(inProject('kernel', 'src'));

/**
 * The installer's command, as it was called: by npx, which says what package it was given, or in its own folder.
 * @param {'install' | 'doctor' | 'uninstall'} command
 */
export function called(command) {
  const { npm_command: by, npm_config_package: archive } = process.env;
  if (by === 'exec') return `npx ${archive ? `--package ${archive} ` : ''}worldline ${command}`;
  return command === 'install' ? 'node install.mjs' : `node install.mjs ${command}`;
}

/** Where an installed package lives: npm may empty the folder that npx ran it from at any time. */
function appFolder() {
  if (process.env.WORLDLINE_APP) return path.resolve(process.env.WORLDLINE_APP);
  const data = {
    win32: process.env.LOCALAPPDATA || path.join(os.homedir(), 'AppData', 'Local'),
    darwin: path.join(os.homedir(), 'Library', 'Application Support'),
  };
  const standard = process.env.XDG_DATA_HOME || path.join(os.homedir(), '.local', 'share');
  return path.join(data[process.platform] ?? standard, 'worldline-app');
}

/** Does the installer run from a copy that it should not leave anything in? */
export function isElsewhere() {
  return PACKAGED && path.relative(appFolder(), ROOT) !== '';
}

/**
 * Runs the installer in the folder of its own, after copying the package there for an install.
 * @param {'install' | 'check' | 'uninstall'} command
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code
 */
export async function runInApp(command, args) {
  const folder = appFolder();
  if (command === 'install') copyTo(folder);
  if (!existsSync(path.join(folder, 'install.mjs'))) {
    console.log(`Worldline is not installed. To install it: ${called('install')}`);
    return command === 'uninstall' ? 0 : 1;
  }
  const code = await foreground(process.execPath, [path.join(folder, 'install.mjs'), ...args]);
  if (command === 'uninstall' && code === 0) rmSync(folder, { recursive: true, force: true });
  return code;
}

/** The package's own files take the place of an older version's; what the installer made beside them stays. */
function copyTo(folder) {
  mkdirSync(folder, { recursive: true });
  const { files } = JSON.parse(readFileSync(inProject('package.json'), 'utf8'));
  const parts = files.filter((entry) => !entry.startsWith('!'));
  for (const part of [...parts, 'package.json', 'README.md', 'LICENSE']) {
    const target = path.join(folder, part);
    rmSync(target, { recursive: true, force: true });
    cpSync(inProject(part), target, { recursive: true });
  }
}
