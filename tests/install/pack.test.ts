import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { KernelClient } from '../support/KernelClient.js';

const MINUTES = 300_000;
const folder = mkdtempSync(join(tmpdir(), 'worldline-pack-'));
const home = join(folder, 'home');
const app = join(home, '.local/share/worldline-app');
const data = join(home, 'jupyter');
let archive = '';
let files: string[] = [];

beforeAll(() => {
  for (const place of [home, data, join(folder, 'bin'), join(folder, 'elsewhere')]) mkdirSync(place);
  // The user's own Jupyter.
  const jupyter = resolve('.venv/bin/jupyter');
  writeFileSync(join(folder, 'bin/jupyter'), `#!/bin/sh\nexec '${jupyter}' "$@"\n`, { mode: 0o755 });
  const name = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  archive = join(folder, name.trim().split('\n').at(-1) ?? '');
  files = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean)
    .map((file) => file.replace('package/', ''));
}, MINUTES);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the package's command as somebody without a checkout does, and gives its exit code and output. */
function npx(...words: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn('npx', ['--yes', '--package', archive, 'worldline', ...words], {
    cwd: join(folder, 'elsewhere'),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...{ HOME: home, XDG_DATA_HOME: '', WORLDLINE_APP: '', NODE_OPTIONS: '', CI: 'true' },
      // Under an npm script, npm's own cache is in the environment.
      npm_config_cache: join(home, '.npm'),
      ...{ JUPYTER_DATA_DIR: data, JUPYTER_PREFER_ENV_PATH: '0' },
      PATH: [join(folder, 'bin'), process.env['PATH'] ?? ''].join(delimiter),
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((done) => {
    child.on('close', (code) => {
      done({ code, output });
    });
  });
}

test('the package has what an install needs, and neither tests, sources nor what belongs to one machine', () => {
  for (const needed of [
    ...['install.mjs', 'kernelspec/kernel.json', 'kernel/dist/main.js', 'kernel/dist/database.js'],
    ...['kernel/dist/image-fingerprint', 'kernel/dist/npm-shrinkwrap.json', 'sandbox/image/Dockerfile'],
    ...['labextension/dist/package.json', 'LICENSE', 'README.md'],
  ])
    expect(files).toContain(needed);
  const odd =
    /(^|\/)(tests?|src|node_modules|__pycache__|\.venv|\.worldline)\/|\.test\.|\.tsx?$|\.node$|\.map$/;
  expect(files.filter((file) => odd.test(file))).toEqual([]);
});

test(
  'worldline install by npx in an empty home: Jupyter finds a kernel that answers, doctor is content, uninstall leaves nothing',
  async () => {
    const before = await npx('doctor', '--no-docker');
    expect(before.code).toBe(1);
    expect(before.output).toContain(`To install it: npx --package ${archive} worldline install\n`);

    const installed = await npx('install', '--no-docker');
    expect(installed.code === 0 ? 'installed' : installed.output).toBe('installed');
    expect((await npx('doctor', '--no-docker')).code).toBe(0);
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual([]);
    expect(existsSync(join(data, 'labextensions/@worldline/labextension/package.json'))).toBe(true);

    const spec = readFileSync(join(data, 'kernels/worldline/kernel.json'), 'utf8');
    const { argv } = JSON.parse(spec) as { argv: string[] };
    expect(argv[1]).toBe(join(app, 'kernel/dist/main.js'));
    // npm may empty the folder of npx whenever it likes.
    rmSync(join(home, '.npm'), { recursive: true });
    const kernel = await KernelClient.start({
      argv: argv.slice(1),
      cwd: home,
      env: { HOME: home, WORLDLINE_HOME: join(home, 'store'), NODE_OPTIONS: '' },
      timeout: 60_000,
    });
    const { result } = await kernel.execute('%%sql select 41 + 1 as answer');
    expect(JSON.stringify(result)).toContain('42');
    // What is to be done later is done where the installer is by then.
    for (const code of ['%doctor', '%pip install polars'])
      expect(JSON.stringify(await kernel.execute(code))).toContain(`in ${app}`);
    await kernel.shutdown();

    const removed = await npx('uninstall');
    expect(removed.code === 0 ? 'removed' : removed.output).toBe('removed');
    expect(existsSync(app)).toBe(false);
    expect(existsSync(join(data, 'kernels/worldline'))).toBe(false);
    expect(existsSync(join(data, 'labextensions/@worldline'))).toBe(false);
    expect((await npx('doctor', '--no-docker')).code).toBe(1);
  },
  MINUTES,
);

test('the image is built from what is in the package', () => {
  const image = execFileSync('git', ['ls-files', 'sandbox/image'], { encoding: 'utf8' }).split('\n');
  expect(image.filter((file) => file !== '' && !files.includes(file))).toEqual([]);
});
