import { expect, test } from '@jest/globals';
import { runAsUser, withDatabase } from './testing.js';

test('a table is described: nulls, range, distinct and frequent values, a sample', () =>
  withDatabase(async ({ database }) => {
    await runAsUser(
      database,
      `create table "Odd name" as
       select i % 3 as k, case when i % 2 = 0 then 'even' end as s, date '2024-01-01' + i::int as d, [i] as l
       from range(100) t(i); create view v as from "Odd name"`,
    );
    const described = await database.describe('Odd name');
    expect(described).toMatchObject({
      kind: 'table',
      rows: 100,
      columns: [
        { name: 'k', nulls: 0, distinct: 3, min: '0', max: '2', top: [{ value: '0', count: 34 }, {}, {}] },
        {
          name: 's',
          nulls: 50,
          distinct: 1,
          top: [
            { value: 'even', count: 50 },
            { value: null, count: 50 },
          ],
        },
        { name: 'd', min: '2024-01-01', max: '2024-04-09', top: [] },
        { name: 'l', kind: 'nested', distinct: null },
      ],
    });
    expect(described.sample.rows).toHaveLength(5);
    expect(await database.describe('"Odd name"')).toMatchObject({ rows: 100 });
    expect(await database.describe('main.v')).toMatchObject({ kind: 'view' });
    await runAsUser(database, `create view pieces as ${Array(9).fill('select 1 as i').join(' union all ')}`);
    expect((await database.describe('pieces')).sample.rows).toHaveLength(5);
    await expect(database.describe('nope')).rejects.toMatchObject({ name: 'CatalogError' });
    const said = (name: string): Promise<string> =>
      database.describe(name).then(String, (error: unknown) => (error as Error).message);
    await runAsUser(database, 'create table weather_2024 as select 1 as i');
    for (const slip of ['Wether_2024', 'weather', 'weather_2024_old'])
      expect(await said(slip)).toBe(
        `There is no table, view or DataFrame named ${slip}.\nDid you mean "weather_2024"?`,
      );
    expect(await said('sales')).toBe('There is no table, view or DataFrame named sales.');
  }));

test('values of a large table are counted one by one where they repeat, and estimated where hardly any does', () =>
  withDatabase(async ({ database }) => {
    await runAsUser(
      database,
      `create table large as select i, 'k' || i % 7 as k, nullif(i % 3, 0) as n from range(400000) t(i)`,
    );
    const { columns } = await database.describe('large');
    expect(columns).toMatchObject([
      { name: 'i', approximate: true, min: '0', max: '399999', top: [] },
      { name: 'k', distinct: 7, top: [{ value: 'k0', count: 57143 }, {}, {}, {}, {}] },
      { name: 'n', nulls: 133334, distinct: 2, top: [{ value: null }, {}, {}] },
    ]);
    const estimate = columns[0]?.distinct ?? 0;
    expect(estimate).toBeGreaterThan(300_000);
    expect(estimate % 10_000).toBe(0);
    expect(columns[1]?.approximate).toBeUndefined();
  }));
