import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fork, type ChildProcess } from 'node:child_process';
import { PASSWORD_VARIABLES } from './process/open/secrets.js';

/** Keeps the process small: results pass through it in pages, so a young heap of 1 MB is enough. */
const NODE_OPTIONS = ['--max-semi-space-size=1', '--max-old-space-size=512', '--no-warnings'];

/** Starts a database process; it ends with this one. */
export async function launch(): Promise<ChildProcess> {
  const entry = await processEntry();
  return fork(entry, [], {
    execArgv: NODE_OPTIONS,
    env: environment(),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'json',
  });
}

/** The process runs SQL of a model's: it gets no key but those with which cloud storage and other databases are reached. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      name.startsWith('AWS_') ||
      PASSWORD_VARIABLES.includes(name) ||
      !/KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL/i.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    NODE_OPTIONS: '',
    // Fewer malloc arenas: memory that one thread freed serves the next.
    MALLOC_ARENA_MAX: '2',
    // One for the query that runs, one for looks at tables meanwhile: a thread that just ran takes the next step sooner.
    UV_THREADPOOL_SIZE: '2',
  };
}

let bundled: Promise<string> | null = null;

/** The process' program: beside the built kernel, or bundled from its source where there is no build. */
function processEntry(): Promise<string> {
  const built = fileURLToPath(new URL('./database.js', import.meta.url));
  if (existsSync(built)) return Promise.resolve(built);
  bundled ??= bundle(fileURLToPath(new URL('./process/main.ts', import.meta.url)));
  return bundled;
}

async function bundle(source: string): Promise<string> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [source],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['@duckdb/node-bindings'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  const modules = dirname(
    dirname(dirname(createRequire(source).resolve('@duckdb/node-bindings/package.json'))),
  );
  const folder = join(modules, '.cache', 'worldline');
  const name = `database-${createHash('sha256').update(code).digest('hex').slice(0, 16)}.mjs`;
  const entry = join(folder, name);
  await mkdir(folder, { recursive: true });
  await writeFile(`${entry}.${process.pid}`, code);
  await rename(`${entry}.${process.pid}`, entry);
  return entry;
}
