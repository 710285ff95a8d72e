#!/usr/bin/env node
/**
 * Bundles the kernel into kernel/dist: `main.js`, which Jupyter starts, and `database.js`, the process that runs SQL.
 * Beside them, `image-fingerprint` says which sandbox image they go with, and `package.json` what they need of npm. What the first reply does not need stays in
 * chunks of its own, or in node_modules.
 */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { placeAddons } from '../install/addons.mjs';
import { noteBuilt } from '../install/builds.mjs';
import { imageFingerprint } from '../install/fingerprint.mjs';
import { writeRuntimePackages } from '../install/runtime.mjs';

const ROOT = path.resolve(import.meta.dirname, '..');
const ENTRIES = {
  main: 'kernel/src/main.ts',
  database: 'kernel/src/database/process/main.ts',
};
/** Loaded from node_modules on first use: native, or rarely needed. */
const EXTERNAL = ['@duckdb/node-api', '@grpc/grpc-js', '@grpc/proto-loader', 'protobufjs', 'undici'];
/** Modules that export one function and drag in an external package: they are loaded by the first call. */
const LAZY = /node_modules\/dockerode\/lib\/session\.js$/;
/** Modules that nothing calls, and that would bring along a package: the sandbox has a way of its own over ssh. */
const UNUSED = /node_modules\/docker-modem\/lib\/ssh\.js$/;
const ZEROMQ_LOADER = /node_modules\/zeromq\/lib\/load-addon\.js$/;

/**
 * Builds every entry whose source is there and gives their names.
 * @param {{ root?: string, entries?: Record<string, string>, outdir?: string }} options
 */
export async function buildKernel({ root = ROOT, entries = ENTRIES, outdir = 'kernel/dist' } = {}) {
  const out = path.resolve(root, outdir);
  const present = Object.fromEntries(
    Object.entries(entries).filter(([, file]) => existsSync(path.resolve(root, file))),
  );
  if (Object.keys(present).length === 0)
    throw new Error(`none of ${Object.values(entries).join(', ')} exists`);
  const fresh = `${out}.building-${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  try {
    await bundle(root, present, fresh);
    writeFileSync(path.join(fresh, 'image-fingerprint'), imageFingerprint());
    writeRuntimePackages(root, [...EXTERNAL, 'zeromq'], fresh);
    replace(fresh, out);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return Object.keys(present);
}

async function bundle(root, entryPoints, outdir) {
  placeAddons(path.join(root, 'node_modules/zeromq'), path.join(outdir, 'zeromq'));
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // All in one folder, so that paths relative to a chunk are relative to the bundle.
    chunkNames: '[name]-[hash]',
    sourcemap: 'linked',
    sourcesContent: false,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
    external: EXTERNAL,
    alias: { '@worldline/sandbox': path.join(root, 'sandbox/src/index.ts') },
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins: [lazyModules(), unusedModules(), zeromqAddon()],
  });
}

/** Replaces zeromq's own search for its addon by the loader beside the bundle. */
function zeromqAddon() {
  const contents = `exports.__esModule = true; exports.default = require('./zeromq/index.cjs');`;
  return {
    name: 'zeromq-addon',
    setup(build) {
      build.onLoad({ filter: ZEROMQ_LOADER }, () => ({ contents, loader: 'js' }));
      build.onResolve({ filter: /^\.\/zeromq\/index\.cjs$/ }, ({ path: file }) => ({
        path: file,
        external: true,
      }));
    },
  };
}

function unusedModules() {
  return {
    name: 'unused-modules',
    setup(build) {
      build.onLoad({ filter: UNUSED }, () => ({ contents: 'module.exports = null;' }));
    },
  };
}

function lazyModules() {
  return {
    name: 'lazy-modules',
    setup(build) {
      build.onLoad({ filter: LAZY }, ({ path: file, suffix }) =>
        suffix === '?now'
          ? undefined
          : { contents: `module.exports = (...args) => require(${JSON.stringify(`${file}?now`)})(...args);` },
      );
    },
  };
}

/** Puts the new output in place of the old, so that a kernel that starts meanwhile finds one or the other. */
function replace(fresh, out) {
  const old = `${out}.old-${process.pid}`;
  if (existsSync(out)) renameSync(out, old);
  renameSync(fresh, out);
  rmSync(old, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const began = performance.now();
  try {
    const built = (await buildKernel()).map((name) => `kernel/dist/${name}.js`);
    noteBuilt('kernel');
    console.log(`Built ${built.join(', ')} in ${Math.round(performance.now() - began)} ms.`);
  } catch (error) {
    // What esbuild finds, it has printed.
    if (error.errors === undefined) throw error;
    process.exitCode = 1;
  }
}
