import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Copies the prebuilt ZeroMQ addons that fit this machine into a folder, with a loader that tries them in order; the one
 * that loads here comes first.
 * @param {string} zeromq the folder of the package
 * @param {string} outdir
 */
export function placeAddons(zeromq, outdir) {
  const folder = path.join(zeromq, 'build');
  const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
  const libc = { linux: existsSync('/etc/alpine-release') ? 'musl' : 'glibc', darwin: 'libc', win32: 'msvc' };
  const fitting = Object.entries(manifest)
    .map(([key, file]) => ({ ...JSON.parse(key), file: path.join(folder, ...file.split(/[\\/]/)) }))
    .filter((it) => it.os === process.platform && it.arch === process.arch && it.libc === libc[it.os])
    .sort((a, b) => b.abi - a.abi);
  const working = fitting.findIndex(({ file }) => loads(file));
  if (working === -1)
    throw new Error(`zeromq has no prebuilt addon that loads on ${process.platform} ${process.arch}`);
  const ordered = [fitting[working], ...fitting.filter((_, index) => index !== working)];
  mkdirSync(outdir, { recursive: true });
  const names = ordered.map(({ abi, file }) => {
    const name = `abi-${abi}.node`;
    cpSync(file, path.join(outdir, name));
    return name;
  });
  writeFileSync(path.join(outdir, 'index.cjs'), loader(names));
}

function loads(addon) {
  return spawnSync(process.execPath, ['-e', 'require(process.argv[1])', addon]).status === 0;
}

function loader(names) {
  const candidates = names.map((name) => `() => require('./${name}')`);
  return `const errors = [];
for (const load of [${candidates.join(', ')}]) {
  try {
    module.exports = load();
    errors.length = 0;
    break;
  } catch (error) {
    errors.push(error.message);
  }
}
if (errors.length > 0) {
  throw new Error('No ZeroMQ addon loads here. Install Worldline again.\\n' + errors.join('\\n'));
}
`;
}
