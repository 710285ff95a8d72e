import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyBytes } from './copyBytes.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'worldline-copy-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each([0, 1, 262_144, 262_145, 3_000_000])('copies %d bytes, and how they may be read', async (size) => {
  const [from, to] = [join(folder, `from-${String(size)}`), join(folder, `to-${String(size)}`)];
  const bytes = randomBytes(size);
  await writeFile(from, bytes, { mode: 0o640 });
  await copyBytes(from, to);
  expect((await readFile(to)).equals(bytes)).toBe(true);
  expect((await stat(to)).mode & 0o777).toBe((await stat(from)).mode & 0o777);
});

test('takes the place of what was there, also of more', async () => {
  const [from, to] = [join(folder, 'short'), join(folder, 'long')];
  await writeFile(from, 'new');
  await writeFile(to, randomBytes(1_000_000));
  await copyBytes(from, to);
  expect(await readFile(to, 'utf8')).toBe('new');
});
