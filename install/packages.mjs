import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { placeAddons } from './addons.mjs';
import { PACKAGED } from './app.mjs';
import { inProject, ROOT } from './paths.mjs';
import { work } from './run.mjs';
import { remember } from './state.mjs';

const KERNEL = ['kernel', 'dist'];
const LOCK = PACKAGED ? inProject(...KERNEL, 'npm-shrinkwrap.json') : inProject('package-lock.json');

/** Installs the npm packages, unless node_modules holds exactly what package-lock.json says. */
export async function packages(say) {
  if (packagesInPlace()) return `as ${path.basename(LOCK)} says`;
  say('npm ci, a minute or so');
  if (PACKAGED) return await runtimePackages(say);
  const { workspaces } = JSON.parse(readFileSync(inProject('package.json'), 'utf8'));
  for (const folder of ['.', ...workspaces]) remember('paths', path.join(folder, 'node_modules'));
  await npm(ROOT, [], say);
  return 'installed';
}

/** What the built kernel does not have in its bundle. */
async function runtimePackages(say) {
  remember('paths', path.relative(inProject(), inProject(...KERNEL, 'node_modules')));
  await npm(inProject(...KERNEL), ['--omit=dev', '--ignore-scripts', '--prefer-offline'], say);
  placeAddons(inProject(...KERNEL, 'node_modules', 'zeromq'), inProject(...KERNEL, 'zeromq'));
  return 'installed';
}

function npm(cwd, flags, say) {
  const shell = process.platform === 'win32';
  return work(shell ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...flags], {
    ...{ cwd, shell, say, env: environment() },
    fix: 'Is the npm registry within reach (npm ping)? Then run this again.',
  });
}

/** Without what npx told its own npm: the folder to work in is another. */
function environment() {
  const own = /^npm_(?:config_(?:local_prefix|global_prefix|prefix|package|call)|package_|lifecycle_)/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

export function packagesInPlace() {
  const folder = path.dirname(LOCK);
  const wanted = lockfile(LOCK);
  const present = lockfile(path.join(folder, 'node_modules', '.package-lock.json'));
  return (
    Object.entries(wanted).every(
      ([name, entry]) => entry.optional || present[name]?.version === entry.version,
    ) &&
    Object.keys(present).every((name) => existsSync(path.join(folder, name)) && wanted[name] !== undefined)
  );
}

/** The packages of a lockfile by folder, the project itself left out. */
function lockfile(file) {
  if (!existsSync(file)) return {};
  const folders = JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  return Object.fromEntries(Object.entries(folders).filter(([name]) => name !== ''));
}
