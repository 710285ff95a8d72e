import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ObjectStore } from './ObjectStore.js';

const BLOCK = 256 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'worldline-objects-'));
let store: ObjectStore;
beforeAll(() => {
  store = new ObjectStore(join(folder, 'objects'), join(folder, 'aside'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('a database block that is nearly empty takes hardly any disk, and reads as it was', async () => {
  const block = Buffer.alloc(BLOCK);
  block.fill(7, 0, 1000);
  const id = await store.put(block, { bytes: 0 });
  expect(block.equals(await store.read(id))).toBe(true);
  expect(statSync(store.pathOf(id)).size).toBe(BLOCK);
  expect(statSync(store.pathOf(id)).blocks * 512).toBeLessThan(BLOCK / 4);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['zeros alone', Buffer.alloc(BLOCK)],
  ['no zero at the end', Buffer.from([0, 0, 1])],
  ['a zero in the middle and at the end', Buffer.from([1, 0, 1, 0])],
])('%s reads as it was', async (_what, bytes) => {
  const read = await store.read(await store.put(bytes, { bytes: 0 }));
  expect(bytes.equals(read)).toBe(true);
});

test('what is read into memory that was used before is the object, and no more', async () => {
  const memory = Buffer.alloc(BLOCK, 9);
  const ids = [];
  for (const text of ['a longer one', 'short', ''])
    ids.push(await store.put(Buffer.from(text), { bytes: 0 }));
  const read = [];
  for (const id of ids) read.push((await store.readInto(id, memory)).toString());
  expect(read).toEqual(['a longer one', 'short', '']);
});

test('a damaged object is set aside as it is read, whichever way, and the next writing mends it', async () => {
  const memory = Buffer.alloc(BLOCK);
  for (const read of [(id: string) => store.read(id), (id: string) => store.readInto(id, memory)]) {
    const id = await store.put(Buffer.from('whole'), { bytes: 0 });
    writeFileSync(store.pathOf(id), 'torn');
    await expect(read(id)).rejects.toThrow('damaged');
    expect(store.has(id)).toBe(false);
    await store.put(Buffer.from('whole'), { bytes: 0 });
    expect((await read(id)).toString()).toBe('whole');
    await expect(read('0'.repeat(64))).rejects.toThrow('damaged');
  }
});

test.each([
  [0, 0],
  [768, 0],
  // One piece, and their list.
  [769, 2],
  [16 * 1024, 5],
])('%i bytes in pieces take at most %i files, and read as they were', async (length, files) => {
  const own = new ObjectStore(join(folder, `pieces-${length}`), join(folder, 'aside'));
  const bytes = Buffer.from(Array.from({ length }, (_, n) => (n * n) % 251));
  const ref = await own.putPieces(bytes, { bytes: 0 });
  expect(bytes.equals(await own.readPieces(ref))).toBe(true);
  const there = existsSync(own.folder) ? readdirSync(own.folder, { recursive: true, encoding: 'utf8' }) : [];
  const written = there.filter((name) => /\/[0-9a-f]{62}$/.test(name));
  expect(written.length > 0).toBe(files > 0);
  expect(written.length).toBeLessThanOrEqual(files);
});
