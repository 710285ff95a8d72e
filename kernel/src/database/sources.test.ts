import { expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runAsUser, withDatabase } from './testing.js';

test('where rows come from', () =>
  withDatabase(async ({ database, workspace }) => {
    await writeFile(join(workspace, 'f.csv'), 'x\n1\n');
    await runAsUser(database, 'create table t as select 1 i; create schema s; create table s.u (i int)');
    const sources = (sql: string) => database.sources(sql);
    expect(await sources('select 41 + 1, 2')).toEqual({ tables: [], unknown: [], readsData: false });
    expect(await sources(`select 1e400, '"value":Infinity' from t where x < -1e999`)).toMatchObject({
      tables: ['t'],
    });
    expect(await sources('from range(5)')).toMatchObject({ readsData: false });
    expect(await sources(`with x as (from t) select * from x join s.u using (i), df`)).toEqual({
      tables: ['t', 's.u', 'df'],
      unknown: ['df'],
      readsData: true,
    });
    expect(await sources(`from 'f.csv'`)).toMatchObject({ unknown: [], readsData: true });
    expect(await sources(`select * from read_csv('f.csv')`)).toMatchObject({ tables: [], readsData: true });
    expect(await sources('create table k as select * from Df2 join t using (i); from k')).toMatchObject({
      unknown: ['Df2'],
    });
    expect(
      await sources('insert into t select * from df3; pivot df4 on a; describe df5; explain from df6'),
    ).toMatchObject({
      unknown: ['df3', 'df4', 'df5', 'df6'],
    });
    expect(await sources('update t set i = df7.i from df7 where true')).toMatchObject({ unknown: ['df7'] });
  }));
