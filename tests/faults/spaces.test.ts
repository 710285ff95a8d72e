import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { withKernel } from '../integration/withKernel.js';
import { saved } from './saved.js';

test('workspaces go with their kernel, and those of a killed one with what the next removes', () =>
  withKernel(async (notebook) => {
    const { kernel, home } = notebook;
    const spaces = join(home, 'spaces');
    const left = (): string[] => (existsSync(spaces) ? readdirSync(spaces) : []);
    const write = '%%python\nopen("out.txt", "w").write("kept in a checkpoint")';
    await kernel.execute(write);
    await kernel.execute('%branch other');
    await kernel.execute(write);
    expect(left()).toHaveLength(1);
    await kernel.shutdown();
    expect(left()).toEqual([]);

    const killed = await notebook.startAgain();
    await killed.execute(write);
    await saved(killed, 1);
    killed.process.signal('SIGKILL');
    await killed.process.exited;
    const [gone] = left();
    const next = await notebook.startAgain();
    expect((await next.execute('%resume main')).status).toBe('ok');
    await next.execute('%doctor --clean');
    expect((await next.execute('%%python\nprint(open("out.txt").read())')).stdout).toContain('checkpoint');
    expect(left()).not.toContain(gone);
  }));
