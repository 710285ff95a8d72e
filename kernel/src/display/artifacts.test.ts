import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Artifact } from '@worldline/sandbox';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { artifactDisplays } from './artifacts.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'worldline-artifacts-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function image(path: string, bytes: number): Artifact {
  writeFileSync(join(folder, path), Buffer.alloc(bytes));
  return { path, type: 'image', bytes };
}

test('images are shown up to a sum of their sizes, the others are listed', async () => {
  const images = Array.from({ length: 6 }, (_, i) => image(`${i}.png`, 4_000_000));
  const displays = await artifactDisplays(folder, images);
  expect(displays.filter(({ data }) => 'image/png' in data)).toHaveLength(5);
  expect(displays.at(-1)?.data['text/plain']).toBe('Files: 5.png (image, 4 MB)');
});

test('images that a person has seen already are listed', async () => {
  const images = [{ ...image('chart.png', 10), shown: true }, image('photo.png', 11), image('other.png', 12)];
  const photo = Buffer.alloc(11).toString('base64');
  const displays = await artifactDisplays(folder, images, {
    listing: 'some',
    isSeen: (picture) => picture === photo,
  });
  expect(displays.map(({ data }) => data['text/plain'])).toEqual([
    'other.png (12 B)',
    'Files: chart.png (image, 10 B), photo.png (image, 11 B)',
  ]);
});

test('an image that is gone when it is to be shown is listed', async () => {
  const [display] = await artifactDisplays(folder, [{ path: 'gone.png', type: 'image', bytes: 10 }]);
  expect(display?.data['text/plain']).toBe('Files: gone.png (image, 10 B)');
});

test('of many files some are named, and more where they are asked for', async () => {
  const files = Array.from({ length: 1200 }, (_, i): Artifact => ({
    path: `${i}.bin`,
    type: 'file',
    bytes: 1,
  }));
  const [display] = await artifactDisplays(folder, files);
  expect(display?.data['text/plain']).toMatch(
    /^Files: 0\.bin \(file, 1 B\), .* and others: %artifacts lists them$/,
  );
  expect(display?.data['text/plain']).not.toContain('20.bin');
  const [list] = await artifactDisplays(folder, files, { listing: 'all' });
  expect(list?.data['text/plain']).toMatch(/ 999\.bin \(file, 1 B\) and 200 others$/);
});
