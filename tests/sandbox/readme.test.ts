import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { transform } from 'esbuild';

/** A project of somebody's, with the package as `npm install <folder>` puts it there. */
let project: string;
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'worldline-project-'));
  const packages = join(project, 'node_modules/@worldline');
  await mkdir(packages, { recursive: true });
  await symlink(resolve('sandbox'), join(packages, 'sandbox'));
});
afterAll(() => rm(project, { recursive: true }));

test('the program in the README runs in a fresh folder, prints what it says, and ends', async () => {
  const readme = await readFile('sandbox/README.md', 'utf8');
  const program = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const { code } = await transform(program, { loader: 'ts', format: 'esm' });
  await writeFile(join(project, 'main.mjs'), code);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['main.mjs'], { cwd: project });
  // A busy machine may send the end of a line by itself.
  expect(stdout).toMatch(/^\{ type: 'stream', name: 'stdout', text: '6(?:\\n)?' \}\n[^]*^ok\n$/m);
  expect(stderr).toBe('');
  await rm('/tmp/worldline-example', { recursive: true });
});
