import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listArtifacts } from './listArtifacts.js';
import { SpaceWatch } from './SpaceWatch.js';

const MB = 1024 * 1024;

let folder: string;
let workspace: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'worldline-space-'));
  workspace = join(folder, 'workspace');
  mkdirSync(workspace);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function excess(
  limit: number,
  mostFiles?: number,
  meanwhile = (): void => undefined,
): Promise<string | null> {
  const watch = new SpaceWatch(workspace, limit, () => undefined, mostFiles);
  try {
    meanwhile();
    return await watch.excess();
  } finally {
    watch.stop();
  }
}

/** A folder that the system can read, with a file in it whose path is longer than it takes; gives what takes it away. */
function makeTooDeep(): () => void {
  let deep = workspace;
  while (deep.length < 3850) deep = join(deep, 'x'.repeat(100));
  mkdirSync(dirname(deep), { recursive: true });
  const rest = join(folder, 'rest');
  mkdirSync(rest);
  writeFileSync(join(rest, 'y'.repeat(250)), 'x');
  renameSync(rest, deep);
  return () => {
    renameSync(deep, rest);
  };
}

test('a workspace that is gone stops the cell, and not the kernel', async () => {
  const said = new Promise<string>((resolve) => new SpaceWatch(workspace, 1_000_000_000, resolve));
  rmSync(workspace, { recursive: true });
  expect(await said).toMatch(/^the workspace cannot be looked at: .*ENOENT/);
});

test('what others write on the same disk is not the cell’s, however deep its folders and many its files are', async () => {
  mkdirSync(join(workspace, ...Array.from({ length: 500 }, () => 'd')), { recursive: true });
  const write = (where: string) => () => {
    writeFileSync(join(where, 'file'), Buffer.alloc(20 * MB));
  };
  expect(await excess(10 * MB, undefined, write(folder))).toBeNull();
  expect(await excess(10 * MB, undefined, write(workspace))).toMatch(
    /^the workspace may hold 10 MB\. Delete/,
  );
});

test('what the disk lost stops a cell only where the workspace cannot be looked through', async () => {
  // So few that whatever else goes on here counts as more.
  expect(await excess(1e15, -1e9)).toBeNull();
  writeFileSync(join(workspace, 'one'), 'x');
  expect(await excess(1e15, -1e9)).toMatch(/^more than .* files were made\. Delete some of them\.$/);
});

test('a file whose path is too long for the system is left out of the list', async () => {
  writeFileSync(join(workspace, 'seen.csv'), 'x');
  const undo = makeTooDeep();
  try {
    expect((await listArtifacts(workspace)).map(({ path }) => path)).toEqual(['seen.csv']);
    expect(await excess(10 * MB)).toBeNull();
  } finally {
    undo();
  }
});
