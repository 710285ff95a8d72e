import { expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SpaceWatch } from './SpaceWatch.js';

test('a workspace that is gone stops the cell, and not the kernel', async () => {
  const workspace = mkdtempSync(join(tmpdir(), 'worldline-space-'));
  const said = new Promise<string>((resolve) => new SpaceWatch(workspace, 1_000_000_000, resolve));
  rmSync(workspace, { recursive: true });
  expect(await said).toMatch(/^the workspace cannot be looked at: .*ENOENT/);
});

test('what the disk lost stops a cell only where the workspace is too large to be walked', async () => {
  const workspace = mkdtempSync(join(tmpdir(), 'worldline-space-'));
  // So few that whatever else goes on here counts as more.
  const watch = new SpaceWatch(workspace, 1e15, () => undefined, -1e9);
  try {
    expect(await watch.excess()).toBeNull();
    mkdirSync(join(workspace, ...Array.from({ length: 50 }, () => 'deep')), { recursive: true });
    expect(await watch.excess()).toMatch(/^more than .* files were made\. Delete some of them\.$/);
  } finally {
    watch.stop();
    rmSync(workspace, { recursive: true });
  }
});
