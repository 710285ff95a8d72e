import { expect, test } from '@jest/globals';
import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { errorOf, resultOf, withKernel, type Notebook } from './withKernel.js';

const REMOVED = /^The folder in which .* was removed while the kernel ran.* restart the kernel/;

/** Makes a table, and takes a folder of the notebook's store away; gives how to bring it back. */
async function takeAway({ kernel, home }: Notebook, folder = '.'): Promise<() => void> {
  await kernel.execute('%%sql create table t as select 1 as i');
  // It waits until the state of the one before is on the disk.
  await kernel.execute('%worldlines --gc');
  const [id = ''] = readdirSync(join(home, 'notebooks'));
  const path = join(home, 'notebooks', id, folder);
  const away = join(home, 'away');
  renameSync(path, away);
  return () => {
    renameSync(away, path);
  };
}

test('where the store was removed, what can go on does, and each cell says that nothing is kept of it', () =>
  withKernel(
    async (notebook) => {
      const { kernel } = notebook;
      const bringBack = await takeAway(notebook);
      const read = await kernel.execute('%%sql from t');
      expect(resultOf(read)).toContain('1');
      expect(read.stderr.replace('No checkpoint was made of this cell: ', '')).toMatch(REMOVED);
      for (const code of ['%%sql insert into t values (2)', '%undo', '%branch other'])
        expect((await kernel.execute(code)).reply.content['evalue']).toMatch(REMOVED);
      expect(resultOf(await kernel.execute('%%sql from t'))).toContain('1');
      expect((await kernel.execute('%export main kept.ipynb')).status).toBe('ok');
      bringBack();
      const written = await kernel.execute('%%sql insert into t values (2)');
      expect([written.status, written.stderr]).toEqual(['ok', '']);
      expect((await kernel.execute('%undo')).stdout).toContain('back at');
    },
    { env: { WORLDLINE_PREWARM: '0' } },
  ));

test('a worldline whose files alone were removed is put in place again, as its last checkpoint has it', () =>
  withKernel(
    async (notebook) => {
      const { kernel } = notebook;
      await takeAway(notebook, 'worldlines');
      const read = await kernel.execute('%%sql from t');
      expect(read.status === 'ok' ? resultOf(read) : errorOf(read)).toContain('1');
      expect(read.stderr).toContain('were put in place again');
      const written = await kernel.execute('%%sql insert into t values (2)');
      expect([written.status, written.stderr]).toEqual(['ok', '']);
      expect((await kernel.execute('%undo')).stdout).toContain('back at');
    },
    { env: { WORLDLINE_PREWARM: '0' } },
  ));
