import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listArtifacts } from './listArtifacts.js';
import { measure } from './measure.js';
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

interface Given {
  readonly limit?: number;
  readonly held?: number;
  readonly mostFiles?: number;
  /** Happens after the watch has begun. */
  readonly meanwhile?: () => void;
}

async function excess({ limit = 10 * MB, held = 0, mostFiles, meanwhile }: Given): Promise<string | null> {
  const watch = new SpaceWatch(workspace, limit, held, () => undefined, mostFiles);
  try {
    meanwhile?.();
    return await watch.excess();
  } finally {
    watch.stop();
  }
}

function write(place: string, megabytes: number): void {
  writeFileSync(join(place, 'file'), Buffer.alloc(megabytes * MB));
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
  const said = new Promise<string>((resolve) => new SpaceWatch(workspace, 1_000_000_000, 0, resolve));
  rmSync(workspace, { recursive: true });
  expect(await said).toMatch(/^the workspace cannot be looked at: .*ENOENT/);
});

test('what others write on the same disk is not the cell’s, however deep its folders and many its files are', async () => {
  mkdirSync(join(workspace, ...Array.from({ length: 500 }, () => 'd')), { recursive: true });
  const others = (): void => {
    write(folder, 20);
  };
  expect(await excess({ meanwhile: others })).toBeNull();
  const own = (): void => {
    write(workspace, 20);
  };
  expect(await excess({ meanwhile: own })).toMatch(/^the workspace may hold 10 MB\. Delete/);
});

test('where there is too much already, only what adds to it is stopped', async () => {
  write(workspace, 20);
  const { bytes: held } = await measure(workspace);
  expect(await excess({ held })).toBeNull();
  write(workspace, 21);
  expect(await excess({ held })).toMatch(/^the workspace may hold 10 MB\./);
});

test('what the disk lost stops a cell only where the workspace cannot be looked through', async () => {
  // So few that whatever else goes on here counts as more.
  expect(await excess({ limit: 1e15, mostFiles: -1e9 })).toBeNull();
  writeFileSync(join(workspace, 'one'), 'x');
  expect(await excess({ limit: 1e15, mostFiles: -1e9 })).toMatch(
    /^more than .* files were made\. Delete some of them\.$/,
  );
});

test('a file whose path is too long for the system is left out of the list', async () => {
  writeFileSync(join(workspace, 'seen.csv'), 'x');
  const undo = makeTooDeep();
  try {
    expect((await listArtifacts(workspace)).map(({ path }) => path)).toEqual(['seen.csv']);
    expect(await excess({})).toBeNull();
  } finally {
    undo();
  }
});
