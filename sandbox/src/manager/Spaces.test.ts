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
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Spaces } from './Spaces.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'worldline-spaces-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Makes a workspace with a file in it. */
async function make(spaces: Spaces): Promise<string> {
  const path = spaces.freshPath();
  await spaces.claim();
  mkdirSync(path);
  writeFileSync(join(path, 'out.csv'), 'a\n1\n');
  return path;
}

/** As if the kernel whose folder it is had been killed. */
function orphan(own: string): void {
  const owner = join(own, 'owner.json');
  const labels = JSON.parse(readFileSync(owner, 'utf8')) as Record<string, string>;
  writeFileSync(owner, JSON.stringify({ ...labels, 'worldline.started': 'long ago' }));
}

test('the folder of a kernel goes with its last workspace; one whose content stands nowhere else stays', async () => {
  const [done, torn] = [new Spaces(folder, 'done'), new Spaces(folder, 'torn')];
  rmSync(await make(done), { recursive: true });
  const kept = await make(torn);
  await Promise.all([done.close(), torn.close()]);
  expect(readdirSync(folder)).toEqual(['torn']);
  await new Spaces(folder, 'next').removeOrphans();
  expect(readFileSync(join(kept, 'out.csv'), 'utf8')).toBe('a\n1\n');
});

test('what a killed kernel left is removed, and nothing of those that run', async () => {
  const running = await make(new Spaces(folder, 'running'));
  const killed = await make(new Spaces(folder, 'killed'));
  orphan(dirname(killed));
  await new Spaces(folder, 'next').removeOrphans();
  expect(readdirSync(folder)).toEqual(['running']);
  expect(existsSync(running)).toBe(true);
});

test('where no kernel has made a workspace yet, nothing is left to remove', async () => {
  await expect(new Spaces(join(folder, 'spaces'), 'next').removeOrphans()).resolves.toBeUndefined();
});

test('a folder whose owner was not written whole stays, and keeps no other from being removed', async () => {
  const torn = dirname(await make(new Spaces(folder, 'a torn')));
  writeFileSync(join(torn, 'owner.json'), '{"worldline.st');
  const killed = dirname(await make(new Spaces(folder, 'killed')));
  orphan(killed);
  await new Spaces(folder, 'next').removeOrphans();
  expect(readdirSync(folder)).toEqual(['a torn']);
});

test('a kernel that made no workspace leaves nothing', async () => {
  const spaces = new Spaces(folder, 'idle');
  spaces.freshPath();
  await spaces.close();
  expect(readdirSync(folder)).toEqual([]);
});
