import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inProject, ROOT } from './paths.mjs';
import { work } from './run.mjs';
import { remember } from './state.mjs';

/** Installs the npm packages, unless node_modules holds exactly what package-lock.json says. */
export async function packages(say) {
  if (packagesInPlace()) return 'as package-lock.json says';
  say('npm ci, a minute or so');
  const { workspaces } = JSON.parse(readFileSync(inProject('package.json'), 'utf8'));
  for (const folder of ['.', ...workspaces]) remember('paths', path.join(folder, 'node_modules'));
  await work(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: ROOT,
    shell: process.platform === 'win32',
    say,
    fix: 'Is the npm registry within reach (npm ping)? Then run this again.',
  });
  return 'installed';
}

export function packagesInPlace() {
  const wanted = lockfile(inProject('package-lock.json'));
  const present = lockfile(inProject('node_modules', '.package-lock.json'));
  return (
    Object.entries(wanted).every(
      ([name, entry]) => entry.optional || present[name]?.version === entry.version,
    ) && Object.keys(present).every((name) => existsSync(inProject(name)) && wanted[name] !== undefined)
  );
}

/** The packages of a lockfile by folder, the project itself left out. */
function lockfile(file) {
  if (!existsSync(file)) return {};
  const folders = JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  return Object.fromEntries(Object.entries(folders).filter(([name]) => name !== ''));
}
