import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DirectoryBlobStore, SnapshotRefusedError, VariableIntake } from './index.js';

const DATA = Buffer.alloc(8192, 'data');
const MANIFEST = {
  version: 1,
  sources: [{ capture: 'c1', file: 0 }],
  stream: [[0, 4096, 100]],
  items: [
    ['', 40],
    ['a', 60],
  ],
  buffers: [
    {
      size: 12_288,
      extents: [
        [0, 0, 4096],
        [-1, 0, 4096],
        [0, 4096, 4096],
      ],
    },
  ],
  lost: [['g', 'cannot\u001b[31m be pickled']],
  digests: [['a', '0123456789abcdef']],
};

let root: string;
let workspace: string;
let output: string;
let store: DirectoryBlobStore;
let intake: VariableIntake;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'worldline-intake-'));
  workspace = join(root, 'workspace');
  output = join(workspace, '.hidden', 'c1');
  store = await DirectoryBlobStore.open(join(root, 'blobs'));
  intake = new VariableIntake({ store, root: workspace, maxBytes: 1_000_000 });
  await writeCapture();
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function writeCapture(manifest: unknown = MANIFEST): Promise<void> {
  await mkdir(output, { recursive: true });
  await writeFile(join(output, '0'), DATA);
  const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest);
  await writeFile(join(output, 'manifest.json'), text);
}

async function refuses(problem: string): Promise<void> {
  const taken = intake.take('c1', '.hidden/c1');
  await expect(taken).rejects.toBeInstanceOf(SnapshotRefusedError);
  await expect(taken).rejects.toThrow(problem);
}

describe('a well-formed capture', () => {
  test('is kept under the hash of its content, described anew, and removed', async () => {
    const { manifest, ...snapshot } = await intake.take('c1', '.hidden/c1');
    const id = createHash('sha256').update(DATA).digest('hex');
    expect(snapshot).toEqual({
      blobs: [id],
      bytesAdded: DATA.length,
      lost: [{ name: 'g', reason: 'cannot [31m be pickled' }],
      digests: MANIFEST.digests,
    });
    expect(JSON.parse(new TextDecoder().decode(manifest))).toEqual({
      ...MANIFEST,
      sources: [{ blob: id }],
      lost: [['g', 'cannot [31m be pickled']],
      digests: undefined,
    });
    expect(await readFile(join(store.folder, id))).toEqual(DATA);
    expect(existsSync(output)).toBe(false);
  });

  test('adds nothing the second time, and may refer to what was taken before', async () => {
    const first = await intake.take('c1', '.hidden/c1');
    await mkdir(output);
    await writeFile(join(output, 'manifest.json'), JSON.stringify(MANIFEST));
    expect(await intake.take('c2', '.hidden/c1')).toEqual({ ...first, bytesAdded: 0 });
    await writeCapture({ ...MANIFEST, sources: [{ capture: 'c3', file: 0 }] });
    expect(await intake.take('c3', '.hidden/c1')).toEqual({ ...first, bytesAdded: 0 });
  });

  test('may refer to the blobs that the worker was restored from, and to no others', async () => {
    const restored = await intake.take('c1', '.hidden/c1');
    const manifest = new TextDecoder().decode(restored.manifest);
    await writeCapture(manifest);
    intake = new VariableIntake({ store, root: workspace, restored });
    expect(await intake.take('c1', '.hidden/c1')).toEqual({ ...restored, bytesAdded: 0, digests: [] });
    await writeCapture(manifest);
    intake = new VariableIntake({ store, root: workspace });
    await refuses('a blob that it cannot know of');
  });
});

describe('a hostile one is refused', () => {
  test.each([
    ['no JSON', '{', 'not JSON'],
    ['another version', { ...MANIFEST, version: 2 }, 'another version'],
    ['a list', [], 'no object'],
    ['null for a part', { ...MANIFEST, stream: null }, 'no list'],
    ['a path for a file', { ...MANIFEST, sources: [{ capture: 'c1', file: '../../secret' }] }, 'no size'],
    ['a path for a blob', { ...MANIFEST, sources: [{ blob: '../../../etc/passwd' }] }, 'cannot know of'],
    ['a capture never taken', { ...MANIFEST, sources: [{ capture: '../c0', file: 0 }] }, 'was not kept'],
    ['a missing file', { ...MANIFEST, sources: [{ capture: 'c1', file: 7 }] }, '7 cannot be opened'],
    ['a source out of range', { ...MANIFEST, stream: [[1, 0, 100]] }, 'does not list'],
    ['a piece beyond the file', { ...MANIFEST, stream: [[0, 8180, 100]] }, 'outside its file'],
    ['a negative offset', { ...MANIFEST, stream: [[0, -1, 100]] }, 'no size'],
    ['a size that overflows', { ...MANIFEST, stream: [[0, 2 ** 60, 100]] }, 'no size'],
    ['items longer than the stream', { ...MANIFEST, items: [['a', 101]] }, 'another length'],
    ['an unaligned piece', { ...MANIFEST, buffers: [{ size: 8, extents: [[0, 4, 8]] }] }, 'not aligned'],
    [
      'a buffer longer than its pieces',
      { ...MANIFEST, buffers: [{ size: 8, extents: [] }] },
      'another length',
    ],
    ['a digest that is none', { ...MANIFEST, digests: [['a', '<img src=x>']] }, 'digest'],
    ['an endless name', { ...MANIFEST, lost: [['x'.repeat(10_000), '']] }, 'too long'],
  ])('%s', async (_, manifest, problem) => {
    await writeCapture(manifest);
    await refuses(problem);
    expect(existsSync(output)).toBe(false);
  });

  test('a link in place of a file, the manifest, the folder or a folder above it', async () => {
    const secret = join(root, 'secret');
    await writeFile(secret, DATA);
    for (const name of ['0', 'manifest.json']) {
      await writeCapture();
      await rm(join(output, name));
      await symlink(secret, join(output, name));
      await refuses(`${name} cannot be opened`);
    }
    for (const folder of [output, join(workspace, '.hidden')]) {
      const elsewhere = join(root, 'elsewhere');
      await writeCapture();
      await rename(folder, elsewhere);
      await symlink(elsewhere, folder);
      await refuses('is not there');
      expect((await readdir(elsewhere)).length).toBeGreaterThan(0);
      await rm(folder);
      await rm(elsewhere, { recursive: true });
    }
    expect(await readFile(secret)).toEqual(DATA);
  });

  test('a pipe, a folder or a second name of a file', async () => {
    await rm(join(output, '0'));
    execFileSync('mkfifo', [join(output, '0')]);
    await refuses('0 is no file');
    await mkdir(join(output, '0'), { recursive: true });
    await writeFile(join(output, 'manifest.json'), JSON.stringify(MANIFEST));
    await refuses('0 is no file');
    await rm(output, { recursive: true });
    await writeCapture();
    await link(join(output, '0'), join(workspace, 'other'));
    await refuses('0 has several names');
  });

  test('a huge sparse file, a huge manifest, and many files that are too much together', async () => {
    await truncate(join(output, '0'), 2 ** 40);
    await refuses('0 is too large');
    await writeCapture();
    await truncate(join(output, 'manifest.json'), 2 ** 40);
    await refuses('manifest.json is too large');
    await writeCapture({ ...MANIFEST, sources: [0, 1, 2].map((file) => ({ capture: 'c1', file })) });
    for (const name of ['0', '1', '2']) await writeFile(join(output, name), Buffer.alloc(400_000, name));
    await refuses('2 is too large');
  });

  test('a path that leads out of the workspace', async () => {
    await expect(intake.take('c1', '../outside')).rejects.toThrow('unfit name');
    await expect(intake.take('c1', '/etc')).rejects.toBeInstanceOf(SnapshotRefusedError);
  });

  test('what was removed holds nobody up: the next capture is taken', async () => {
    await rm(output, { recursive: true });
    const [gone, next] = [intake.take('c1', '.hidden/c1'), intake.take('c1', '.hidden/c2')];
    await mkdir(join(workspace, '.hidden', 'c2'));
    await expect(gone).rejects.toThrow('is not there');
    await expect(next).rejects.toThrow('manifest.json cannot be opened');
  });
});

describe('the blob store', () => {
  test('holds no half-written blob after a crash', async () => {
    await writeFile(join(store.folder, '.incoming-1'), 'half');
    await DirectoryBlobStore.open(store.folder);
    expect(await readdir(store.folder)).toEqual([]);
  });

  test('knows ids only', async () => {
    await intake.take('c1', '.hidden/c1');
    expect(store.has('../workspace')).toBe(false);
    expect(store.has('.')).toBe(false);
    expect(await store.size('0'.repeat(64))).toBeNull();
  });
});
