import { expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SpaceWatch } from './SpaceWatch.js';

test('a workspace that is gone stops the cell, and not the kernel', async () => {
  const workspace = mkdtempSync(join(tmpdir(), 'worldline-space-'));
  const said = new Promise<string>((resolve) => new SpaceWatch(workspace, 1_000_000_000, resolve));
  rmSync(workspace, { recursive: true });
  expect(await said).toMatch(/^the workspace cannot be looked at: .*ENOENT/);
});

test('many new files stop the cell that made them, and none that others made on the same disk', async () => {
  const root = mkdtempSync(join(tmpdir(), 'worldline-space-'));
  const [workspace, elsewhere] = [join(root, 'workspace'), join(root, 'elsewhere')];
  for (const folder of [workspace, elsewhere]) mkdirSync(folder);
  const watch = new SpaceWatch(workspace, 1_000_000_000, () => undefined);
  try {
    for (let i = 0; i < 201_000; i++) symlinkSync('x', join(elsewhere, String(i)));
    expect(await watch.excess()).toBeNull();
    renameSync(elsewhere, join(workspace, 'many'));
    expect(await watch.excess()).toMatch(/^more than 200,000 files were made/);
  } finally {
    watch.stop();
    rmSync(root, { recursive: true });
  }
}, 120_000);
