import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Writes what the built kernel needs of npm into its folder: a package.json, and an npm-shrinkwrap.json with the very
 * versions of the project's package-lock.json. An installed package gets them by `npm ci` there.
 * @param {string} root the project
 * @param {readonly string[]} names packages that are not in the bundle
 * @param {string} outdir
 */
export function writeRuntimePackages(root, names, outdir) {
  const { lockfileVersion, packages } = JSON.parse(
    readFileSync(path.join(root, 'package-lock.json'), 'utf8'),
  );
  const taken = {};
  const dependencies = {};
  for (const name of names) {
    const place = resolve(packages, '', name);
    if (place === null) throw new Error(`package-lock.json has no ${name}`);
    dependencies[name] = packages[place].version;
    take(packages, place, taken);
  }
  const about = { name: 'worldline-runtime', version: '0.0.0', private: true, type: 'module' };
  const sorted = Object.fromEntries(Object.entries(taken).sort(([a], [b]) => (a < b ? -1 : 1)));
  write(path.join(outdir, 'package.json'), { ...about, dependencies });
  write(path.join(outdir, 'npm-shrinkwrap.json'), {
    ...{ name: about.name, version: about.version, lockfileVersion, requires: true },
    packages: { '': { ...about, dependencies }, ...sorted },
  });
}

/** Takes a package and all that it needs, each where the project has it. */
function take(packages, place, taken) {
  if (taken[place] !== undefined) return;
  const entry = { ...packages[place] };
  delete entry.dev;
  delete entry.devOptional;
  taken[place] = entry;
  for (const [wanted, optional] of [
    [entry.dependencies, false],
    [entry.optionalDependencies, true],
  ]) {
    for (const name of Object.keys(wanted ?? {})) {
      const found = resolve(packages, place, name);
      if (found !== null) take(packages, found, taken);
      else if (!optional) throw new Error(`package-lock.json has no ${name}, which ${place} needs`);
    }
  }
}

/** Where Node finds a package that one in `place` asks for. */
function resolve(packages, place, name) {
  for (let from = place; ;) {
    const candidate = from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`;
    if (packages[candidate] !== undefined) return candidate;
    if (from === '') return null;
    const above = from.lastIndexOf('/node_modules/');
    from = above === -1 ? '' : from.slice(0, above);
  }
}

function write(file, content) {
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
}
