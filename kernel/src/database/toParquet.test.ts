import { expect, test } from '@jest/globals';
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
