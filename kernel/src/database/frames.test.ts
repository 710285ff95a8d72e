import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { rowsOf, runAsUser, withDatabase } from './testing.js';

test('a data frame is seen by its name, as it was last written', () =>
  withDatabase(async ({ database, workspace }) => {
    const file = join(workspace, 'frame.parquet');
    await database.toParquet('select 1 x', file, { author: 'user' });
    await database.registerFrame('My Frame', file);
    expect(await rowsOf(database, 'from "My Frame"', 'model')).toEqual([['1']]);
    await database.toParquet('select 2 x, 3 y', file, { author: 'user' });
    await database.registerFrame('My Frame', file);
    expect(await rowsOf(database, 'from "My Frame"')).toEqual([['2', '3']]);
    await database.setReadable({ folders: [], files: [join(workspace, '..')] });
    expect(await rowsOf(database, 'from "My Frame"')).toEqual([['2', '3']]);
    await database.unregisterFrame('My Frame');
    await expect(rowsOf(database, 'from "My Frame"')).rejects.toMatchObject({ name: 'CatalogError' });
  }));

test('an earlier result can be taken as it came, also an empty or a large one, with names that are alike', () =>
  withDatabase(async ({ database, workspace }) => {
    const file = join(workspace, 'r.parquet');
    const take = async (sql: string) => {
      const [result] = await runAsUser(database, sql);
      if (result?.kind !== 'rows') throw new Error('no rows');
      await database.exportResult(result.id, file);
      await database.registerFrame('r3', file);
    };
    await take('select i, i * 2 as "I", {\'a\': i} s from range(100000) t(i)');
    expect(await rowsOf(database, 'select count(*), sum("I_1"), sum(s.a) from r3')).toEqual([
      ['100000', '9999900000', '4999950000'],
    ]);
    await take('select 1 as a where false');
    expect(await rowsOf(database, 'select count(a) from r3')).toEqual([['0']]);
    await take("select 'x' as a");
    expect(await rowsOf(database, 'from r3')).toEqual([['x']]);
    await expect(database.exportResult('gone', file)).rejects.toMatchObject({ name: 'ResultGoneError' });
  }));
