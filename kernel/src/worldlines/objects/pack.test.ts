import { createHash } from 'node:crypto';
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pack, unpack } from './pack.js';

const MB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'worldline-pack-'));
const [original, packed, back] = ['original', 'packed', 'back'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Gives what comes of two open files: the one to be read, and an empty one. */
async function between<T>(
  from: string,
  to: string,
  act: (from: FileHandle, to: FileHandle) => Promise<T>,
): Promise<T> {
  const [source, target] = [await open(from), await open(to, 'w')];
  try {
    return await act(source, target);
  } finally {
    await source.close();
    await target.close();
  }
}

const packFile = (limit = Infinity): ReturnType<typeof pack> =>
  between(original, packed, (from, to) => pack(from, to, limit));

const unpackFile = (bytes: number): ReturnType<typeof unpack> =>
  between(packed, back, (from, to) => unpack(from, to, bytes));

const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Bytes in stretches, each of zeros or not. */
const stretches = fc.array(
  fc.record({ bytes: fc.oneof(fc.nat(3 * MB), fc.constantFrom(0, 1, MB, 2 * MB)), value: fc.nat(1) }),
  { maxLength: 5 },
);

test('a file comes back byte for byte, and only what it holds is kept of it', async () => {
  await fc.assert(
    fc.asyncProperty(stretches, async (list) => {
      const content = Buffer.concat(list.map(({ bytes, value }) => Buffer.alloc(bytes, value)));
      writeFileSync(original, content);
      const made = await packFile();
      expect(made.bytes).toBe(content.length);
      expect(made.id).toBe(hashOf(packed));
      expect(readFileSync(packed).length).toBe(made.written);
      if (!made.packed) {
        expect(readFileSync(packed).equals(content)).toBe(true);
        return;
      }
      expect(made.written).toBeLessThan(content.length + 100);
      expect(await unpackFile(made.bytes)).toBe(made.id);
      expect(readFileSync(back).equals(content)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('of a file with holes on the disk the same is kept as of one whose zeros are written out', async () => {
  const size = 200 * MB + 5;
  const file = openSync(original, 'w');
  writeSync(file, 'a', MB - 1);
  writeSync(file, 'bc', 100 * MB - 1);
  ftruncateSync(file, size);
  closeSync(file);
  const made = await packFile();
  expect(made).toMatchObject({ bytes: size, packed: true });
  expect(await unpackFile(size)).toBe(made.id);
  expect(hashOf(back)).toBe(hashOf(original));
  // Written out, no hole is left that one could ask for.
  writeFileSync(original, readFileSync(original));
  expect(await packFile()).toEqual(made);
});

test('no more is taken than was asked for', async () => {
  writeFileSync(original, Buffer.alloc(5 * MB));
  expect(await packFile(3 * MB + 1)).toMatchObject({ bytes: 3 * MB + 1, packed: true });
});

test('what is damaged does not pass for what it was', async () => {
  writeFileSync(original, Buffer.concat([Buffer.alloc(2 * MB), Buffer.from('data'), Buffer.alloc(3 * MB)]));
  const { id, bytes } = await packFile();
  const whole = readFileSync(packed);
  for (let at = 1; at < 60; at += 1) {
    const damaged = Buffer.from(whole);
    damaged[damaged.length - at] = (damaged.at(-at) ?? 0) ^ 0x55;
    writeFileSync(packed, damaged);
    expect(await unpackFile(bytes)).not.toBe(id);
  }
  for (const length of [0, 7, 8, whole.length - 1]) {
    writeFileSync(packed, whole.subarray(0, length));
    expect(await unpackFile(bytes)).not.toBe(id);
  }
});
