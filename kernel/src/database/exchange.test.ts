import { expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rowsOf, runAsUser, withDatabase } from './testing.js';

test('a query goes to Parquet with its types, and stays exact where Parquet lacks them', () =>
  withDatabase(async ({ database, workspace }) => {
    const file = join(workspace, '.worldline', 'exchange', 'x.parquet');
    const sql = `-- with a comment
      select 1.50::decimal(38, 2) d, timestamptz '2024-01-01 12:00:00+02' z, {'a': [1, null], 'h': 5::hugeint} s,
             sum(range) h, uuid '00000000-0000-0000-0000-000000000001' u, interval '1 month 3 microseconds' i,
             1 same, 2 same, null::int n
      from range(10) -- the end`;
    expect(await database.toParquet(sql, file, { author: 'model' })).toEqual({ rows: 1 });
    const [result] = await runAsUser(database, `from '${file}'`);
    expect(result?.kind === 'rows' ? result.page : null).toMatchObject({
      columns: [
        { name: 'd', type: 'DECIMAL(38,2)' },
        { name: 'z', type: 'TIMESTAMP WITH TIME ZONE' },
        { name: 's', type: 'STRUCT(a INTEGER[], h BIGINT)' },
        { name: 'h', type: 'BIGINT' },
        { name: 'u', type: 'VARCHAR' },
        { name: 'i', type: 'VARCHAR' },
        { name: 'same' },
        { name: 'same_1' },
        { name: 'n', type: 'INTEGER' },
      ],
      rows: [
        [
          '1.50',
          '2024-01-01 10:00:00+00',
          '{"a": [1, NULL], "h": 5}',
          '45',
          '00000000-0000-0000-0000-000000000001',
          '1 month 00:00:00.000003',
          '1',
          '2',
          null,
        ],
      ],
    });
  }));

test('intervals are durations as long as none has months', () =>
  withDatabase(async ({ database, workspace }) => {
    const file = join(workspace, 'x.parquet');
    for (const [more, type, value] of [
      ['1 second', 'INTERVAL', '-26:00:00.000003'],
      ['1 month', 'VARCHAR', '-1 day -02:00:00.000003'],
      ['300000000 days', 'VARCHAR', '-1 day -02:00:00.000003'],
    ] as const) {
      const sql = `select i from (values (1, interval '-1 day -2 hours -3 microseconds'), (2, null), (3, interval '${more}')) t(n, i) order by n`;
      await database.toParquet(sql, file, { author: 'user' });
      await database.registerFrame('spans', file);
      const [result] = await runAsUser(database, 'from spans limit 1');
      expect([more, result]).toMatchObject([more, { page: { columns: [{ type }], rows: [[value]] } }]);
    }
  }));

test('integers beyond 64 bits become decimals, those beyond 38 digits text', () =>
  withDatabase(async ({ database, workspace }) => {
    const file = join(workspace, 'x.parquet');
    for (const [value, type] of [
      ['99999999999999999999999999999999999999', 'DECIMAL(38,0)'],
      ['-170141183460469231731687303715884105728', 'VARCHAR'],
    ]) {
      await database.toParquet(`select '${value ?? ''}'::hugeint h`, file, { author: 'user' });
      const [result] = await runAsUser(database, `from '${file}'`);
      expect(result).toMatchObject({ page: { columns: [{ type }], rows: [[value]] } });
    }
  }));

test('every kind of query can be taken, after the statements before it', () =>
  withDatabase(async ({ database, workspace }) => {
    const file = join(workspace, 'x.parquet');
    const author = 'user';
    await database.toParquet('create table t as from range(3) t(i); from t order by i desc', file, {
      author,
    });
    expect(await rowsOf(database, `from '${file}'`)).toEqual([['2'], ['1'], ['0']]);
    for (const sql of [
      'describe t',
      'summarize t',
      'show tables',
      'pivot t on i using count(*)',
      'values (1)',
    ]) {
      await database.toParquet(sql, file, { author });
      expect(await rowsOf(database, `select count(*) > 0 from '${file}'`)).toEqual([['true']]);
    }
    await expect(database.toParquet('insert into t values (1)', file, { author })).rejects.toThrow(
      /Only a query/,
    );
    await expect(database.toParquet('select nope', file, { author })).rejects.toMatchObject({ position: 7 });
    await expect(
      database.toParquet(`from enable_logging()`, file, { author: 'model' }),
    ).rejects.toMatchObject({ name: 'GateError' });
  }));

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

test('the catalog for completion', () =>
  withDatabase(async ({ database }) => {
    await runAsUser(database, 'create schema s; create table s."T x" (a int, "b c" varchar)');
    const catalog = await database.catalog();
    expect(catalog.schemas).toEqual(['main', 's']);
    expect(catalog.attached).toEqual([]);
    expect(catalog.tables).toEqual([
      {
        name: 's."T x"',
        kind: 'table',
        columns: [
          { name: 'a', type: 'INTEGER' },
          { name: 'b c', type: 'VARCHAR' },
        ],
      },
    ]);
    expect(catalog.functions).toEqual(expect.arrayContaining(['sum', 'read_csv', 'date_trunc']));
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
