import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Checkout } from './Checkout.js';

const MINUTE = 60_000;
let checkout: Checkout;

/** What `jupyter labextension list` says of the checkout's own folder; what this project's Jupyter has comes under another. */
async function extensions(): Promise<string> {
  const { output } = await checkout.run('jupyter', ['labextension', 'list']);
  const [, own = ''] = stripVTControlCharacters(output).split(join(checkout.data, 'labextensions'));
  return own.split('\n\n')[0] ?? '';
}

beforeEach(() => {
  checkout = new Checkout();
});

afterEach(() => {
  checkout.remove();
});

test(
  'puts kernel and extension where Jupyter finds them, does nothing twice, and leaves no trace',
  async () => {
    const built =
      /^project\/(kernel|sandbox|labextension)\/(dist|lib)\/|^project\/\.worldline\/|^home\/(?!jupyter)/;
    const sources = () => checkout.files().filter((file) => !built.test(file));
    const before = sources();

    const first = await checkout.install(['--no-docker']);
    expect(first).toMatchObject({ code: 0, output: expect.stringContaining('Worldline is installed') });
    expect(first.output).toMatch(process.getuid?.() === 0 ? /jupyter lab --allow-root\n/ : /jupyter lab\n/);
    const { output: kernels } = await checkout.run('jupyter', ['kernelspec', 'list', '--json']);
    const folder = join(checkout.data, 'kernels', 'worldline');
    expect(JSON.parse(kernels)).toMatchObject({
      kernelspecs: {
        worldline: {
          resource_dir: folder,
          spec: {
            argv: [process.execPath, expect.stringMatching(/kernel\/dist\/main\.js$/), '{connection_file}'],
            env: { WORLDLINE_JUPYTER: expect.stringMatching(/^\/.*\/jupyter$/) },
            interrupt_mode: 'message',
            metadata: { supported_encryption: ['curve'] },
          },
        },
      },
    });
    expect(checkout.files()).toContain('home/jupyter/labextensions/@worldline/labextension/install.json');
    expect(await extensions()).toMatch(/@worldline\/labextension v\S+ enabled OK/);
    expect(await checkout.install(['--check', '--no-docker'])).toMatchObject({ code: 0 });

    const second = await checkout.install(['--no-docker']);
    expect(second.code).toBe(0);
    expect(second.output).not.toMatch(/compiling|installed into|making|npm ci/);

    checkout.append('kernel/src/main.ts', '// Changed.');
    expect((await checkout.install(['--check', '--no-docker'])).output).toContain(
      '✗ kernel: older than its sources',
    );
    await checkout.run('node', ['kernel/build.mjs']);
    expect(await checkout.install(['--check', '--no-docker'])).toMatchObject({ code: 0 });

    const settings = join(checkout.folder, 'home/.jupyter/lab/user-settings/@worldline');
    mkdirSync(settings, { recursive: true });
    const removed = await checkout.install(['--uninstall']);
    expect(removed.code).toBe(0);
    expect(removed.output).toContain(`What is yours stays`);
    expect(removed.output).toContain(`settings in JupyterLab: ${settings}\n`);
    expect(removed.output).not.toContain('sessions:');
    expect(existsSync(settings)).toBe(true);
    expect(sources()).toEqual(before);
    expect(await extensions()).toBe('');
    const { output: kernelsLeft } = await checkout.run('jupyter', ['kernelspec', 'list', '--json']);
    expect(kernelsLeft).not.toContain(folder);
    expect(await checkout.install(['--check', '--no-docker'])).toMatchObject({ code: 1 });
  },
  3 * MINUTE,
);

test(
  'without Docker, installs what does not need it and says what to do about the rest',
  async () => {
    const { code, output } = await checkout.install([]);
    expect(code).toBe(1);
    expect(output).toContain('✓ Kernelspec: installed into');
    expect(output).toContain('✗ Docker is not installed.');
    expect(output).toMatch(/apt-get install docker\.io|docs\.docker\.com|Docker Desktop/);
    expect(output).toContain('SQL cells work without it');
  },
  3 * MINUTE,
);

test('says which Node it needs', async () => {
  const old = join(checkout.folder, 'old.cjs');
  writeFileSync(
    old,
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } });",
  );
  const { code, output } = await checkout.install([], {}, ['--require', old]);
  expect(code).toBe(1);
  expect(output).toContain('Worldline needs Node 20.19 or later; this is Node 18.20.4.');
  expect(output).toContain('https://nodejs.org');
});

test.each([
  [['--frobnicate'], "Unknown option '--frobnicate'"],
  [['dmeo'], 'There is no command “dmeo”.'],
])('%j is explained, with what there is', async (args, message) => {
  const { code, output } = await checkout.install(args);
  expect(code).toBe(1);
  expect(output).toContain(message);
  expect(output).toContain('node install.mjs [command] [options]');
});

test('--help shows every option', async () => {
  const { code, output } = await checkout.install(['--help']);
  expect(code).toBe(0);
  for (const option of ['--yes', '--no-lab', '--with-packages', '--check', '--uninstall'])
    expect(output).toContain(option);
});
