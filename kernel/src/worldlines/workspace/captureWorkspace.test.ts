import {
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  closeSync,
  ftruncateSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { ObjectStore } from '../objects/ObjectStore.js';
import { captureWorkspace } from './captureWorkspace.js';
import { fileStat } from './Folder.js';
import { restoreWorkspace } from './restoreWorkspace.js';
import { settlesIn, WorkspaceIndex } from './WorkspaceIndex.js';

const SIZE = 200 * 1024 * 1024;
const MIDDLE = SIZE / 2 + 1;

test('of a large file with holes only the data is stored and brought back, and it is read once', async () => {
  const root = mkdtempSync(join(tmpdir(), 'worldline-holes-'));
  try {
    const [workspace, other, store] = ['workspace', 'other', 'objects'].map((name) => join(root, name)) as [
      string,
      string,
      string,
    ];
    for (const folder of [workspace, other, store]) mkdirSync(folder);
    const file = openSync(join(workspace, 'sparse'), 'w');
    writeSync(file, 'x', MIDDLE);
    ftruncateSync(file, SIZE);
    closeSync(file);

    const objects = new ObjectStore(store, join(root, 'aside'));
    const [index, tally] = [new WorkspaceIndex(), { bytes: 0 }];
    const { ref, skipped } = await captureWorkspace(workspace, index, objects, tally);
    expect(skipped).toEqual([]);
    expect(tally.bytes).toBeLessThan(2 * 1024 * 1024);
    const kept = statSync(join(workspace, 'sparse'));
    const content = index.contentOf('sparse', fileStat(kept));
    expect(statSync(objects.pathOf(String(content?.id))).size).toBeLessThan(2 * 1024 * 1024);

    await restoreWorkspace(other, ref, new WorkspaceIndex(), objects);
    const back = statSync(join(other, 'sparse'));
    expect(back.size).toBe(SIZE);
    expect(back.blocks * 512).toBeLessThan(2 * 1024 * 1024);
    const again = await captureWorkspace(other, new WorkspaceIndex(), objects, { bytes: 0 });
    expect(again.ref).toEqual(ref);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('files that were brought back are as old as they were, to the millisecond', async () => {
  const root = mkdtempSync(join(tmpdir(), 'worldline-times-'));
  try {
    const [workspace, other] = [join(root, 'workspace'), join(root, 'other')];
    for (const folder of [workspace, other]) mkdirSync(folder);
    for (let i = 0; i < 100; i++) {
      const file = join(workspace, String(i));
      writeFileSync(file, 'x');
      utimesSync(file, 1_795_999_142.112 + i / 1000, 1_795_999_142.112 + i / 1000);
    }
    const objects = new ObjectStore(join(root, 'objects'), join(root, 'aside'));
    const { ref } = await captureWorkspace(workspace, new WorkspaceIndex(), objects, { bytes: 0 });
    await restoreWorkspace(other, ref, new WorkspaceIndex(), objects);
    const again = await captureWorkspace(other, new WorkspaceIndex(), objects, { bytes: 0 });
    expect(again.ref).toEqual(ref);
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('a list of files that could not be written is written by the next capture, also where no file changes until then', async () => {
  const root = mkdtempSync(join(tmpdir(), 'worldline-list-'));
  try {
    const workspace = join(root, 'workspace');
    mkdirSync(workspace);
    const names = Array.from({ length: 20 }, (_, index) => `a file with quite a long name ${index}`);
    const write = async (text: string): Promise<void> => {
      for (const name of names) {
        writeFileSync(join(workspace, name), text);
        utimesSync(join(workspace, name), 1, 1);
      }
      await setTimeout(settlesIn(fileStat(statSync(join(workspace, names[0] ?? ''))), Date.now()));
      await setTimeout(settlesIn(fileStat(statSync(join(workspace, names.at(-1) ?? ''))), Date.now()));
    };
    const storeAt = (name: string): ObjectStore => {
      mkdirSync(join(root, name));
      return new ObjectStore(join(root, name), join(root, 'aside'));
    };
    const [objects, index, tally] = [storeAt('objects'), new WorkspaceIndex(), { bytes: 0 }];
    await write('one');
    await captureWorkspace(workspace, index, objects, tally);
    await write('two');
    const { ref } = await captureWorkspace(workspace, new WorkspaceIndex(), storeAt('other'), tally);
    // Nothing can be written below what is a file.
    const inTheWay = dirname(objects.pathOf(ref?.list ?? ''));
    writeFileSync(inTheWay, '');
    await expect(captureWorkspace(workspace, index, objects, tally)).rejects.toThrow();
    rmSync(inTheWay);
    expect(await captureWorkspace(workspace, index, objects, tally)).toEqual({ ref, skipped: [] });
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('what was too much to be kept is not removed where the state without it is restored', async () => {
  const root = mkdtempSync(join(tmpdir(), 'worldline-partial-'));
  try {
    const [workspace, store] = ['workspace', 'objects'].map((name) => join(root, name)) as [string, string];
    for (const folder of [workspace, store]) mkdirSync(folder);
    const objects = new ObjectStore(store, join(root, 'aside'));
    const index = new WorkspaceIndex();
    const capture = (): ReturnType<typeof captureWorkspace> =>
      captureWorkspace(workspace, index, objects, { bytes: 0 }, { files: 2, bytes: 100, depth: 64 });
    for (const name of ['a', 'b']) writeFileSync(join(workspace, name), name);
    const { ref: whole } = await capture();
    writeFileSync(join(workspace, 'c'), 'c');
    const { ref: partial, skipped } = await capture();
    expect(skipped).toHaveLength(1);
    rmSync(join(workspace, 'a'));
    writeFileSync(join(workspace, 'd'), 'd');

    await restoreWorkspace(workspace, partial, index, objects);
    expect(readdirSync(workspace).sort()).toEqual(['a', 'b', 'c', 'd']);
    await restoreWorkspace(workspace, whole, index, objects);
    expect(readdirSync(workspace).sort()).toEqual(['a', 'b']);

    writeFileSync(join(workspace, 'large'), 'x'.repeat(200));
    await restoreWorkspace(workspace, (await capture()).ref, index, objects);
    expect(readdirSync(workspace).sort()).toEqual(['a', 'b', 'large']);
  } finally {
    rmSync(root, { recursive: true });
  }
});
