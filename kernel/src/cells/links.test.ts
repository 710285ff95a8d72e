import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { DataLinks } from './links.js';

/** Waits until the times of the folders are so old that the links count as right. */
async function settled(...folders: string[]): Promise<void> {
  const youngest = (): number => Math.max(...folders.map((folder) => statSync(folder).ctimeMs));
  while (Date.now() - youngest() < 100) await setTimeout(10);
}

test('links follow what comes to and goes from a data folder, and leave alone what is the workspace’s own', async () => {
  const root = mkdtempSync(join(tmpdir(), 'worldline-links-'));
  try {
    const [data, other, workspace] = ['data', 'other', 'workspace'].map((name) => join(root, name)) as [
      string,
      string,
      string,
    ];
    for (const folder of [data, other, workspace]) mkdirSync(folder);
    writeFileSync(join(data, 'a.csv'), 'x');
    writeFileSync(join(data, '.hidden'), 'x');
    writeFileSync(join(other, 'c.csv'), 'x');
    writeFileSync(join(workspace, 'own.txt'), 'x');
    const links = new DataLinks(workspace);
    await links.update([data]);
    expect(readdirSync(workspace).sort()).toEqual(['a.csv', 'own.txt']);

    await settled(data, workspace);
    await links.update([data]);
    await links.update([data]);
    writeFileSync(join(data, 'b.csv'), 'x');
    await links.update([data]);
    expect(readdirSync(workspace).sort()).toEqual(['a.csv', 'b.csv', 'own.txt']);

    await settled(data, workspace);
    await links.update([data]);
    rmSync(join(data, 'a.csv'));
    await links.update([data]);
    expect(readdirSync(workspace).sort()).toEqual(['b.csv', 'own.txt']);

    await settled(data, workspace);
    await links.update([data]);
    rmSync(join(workspace, 'b.csv'));
    await links.update([data]);
    expect(existsSync(join(workspace, 'b.csv'))).toBe(true);

    await settled(data, workspace);
    await links.update([data]);
    await links.update([data, other]);
    expect(readdirSync(workspace).sort()).toEqual(['b.csv', 'c.csv', 'own.txt']);
    await links.update([other]);
    expect(readdirSync(workspace).sort()).toContain('c.csv');
  } finally {
    rmSync(root, { recursive: true });
  }
});

test('a file of the workspace whose name is no text is left alone', async () => {
  const root = mkdtempSync(join(tmpdir(), 'worldline-links-'));
  try {
    const [data, workspace] = [join(root, 'data'), join(root, 'workspace')];
    for (const folder of [data, workspace]) mkdirSync(folder);
    writeFileSync(join(data, 'a.csv'), 'x');
    const odd = Buffer.concat([Buffer.from(`${workspace}/`), Buffer.of(0xff), Buffer.from('.png')]);
    writeFileSync(odd, 'x');
    await new DataLinks(workspace).update([data]);
    expect(readdirSync(workspace)).toContain('a.csv');
    expect(existsSync(odd)).toBe(true);
  } finally {
    rmSync(root, { recursive: true });
  }
});
