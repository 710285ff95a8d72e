import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { rowsOf, runAsUser, withDatabase } from './testing.js';

test('COPY does not write through a link that Python left in the workspace', () =>
  withDatabase(async ({ database, folder, workspace }) => {
    const outside = join(folder, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'kept.csv'), 'kept');
    for (const [link, target] of [
      ['kept.csv', 'kept.csv'],
      ['new.csv', 'new.csv'],
      ['folder', ''],
      ['later', 'later'],
    ] as const)
      await symlink(join(outside, target), join(workspace, link));
    for (const target of ['kept.csv', 'new.csv', 'folder/x.csv', 'later/x.csv', join(workspace, 'new.csv')]) {
      for (const options of ['', '(use_tmp_file false, format csv)', '(format parquet)']) {
        await expect(runAsUser(database, `copy (select 42 a) to '${target}' ${options}`)).rejects.toThrow(
          'that is no link',
        );
      }
    }
    expect(await readdir(outside)).toEqual(['kept.csv']);
    expect(await readFile(join(outside, 'kept.csv'), 'utf8')).toBe('kept');
    await runAsUser(database, `copy (select 42 a) to 'mine.csv'`);
    expect(await rowsOf(database, `from 'mine.csv'`)).toEqual([['42']]);
  }));
