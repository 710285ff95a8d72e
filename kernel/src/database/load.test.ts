import { expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rowsOf, runAsUser, withDatabase } from './testing.js';

const CLEAN = `id,name,amount\n${Array.from({ length: 2000 }, (_, n) => `${n},n${n},${n}.5`).join('\n')}\n`;

test('a CSV becomes a table with a readable name; rows that would not parse are counted and shown', () =>
  withDatabase(async ({ database, folder }) => {
    const lines = Array.from({ length: 30_000 }, (_, n) => `${n},n${n},${n}.5`);
    const bad = ['x,bad,1', '7,toofew', '8,too,1,many', '9,nine,notanumber'];
    const file = join(folder, '2024 Sales (final).csv');
    await writeFile(file, `id,name,amount\n${[...lines, ...bad].join('\n')}\n`);
    const loaded = await database.load(file);
    expect(loaded).toMatchObject({
      table: 't_2024_sales_final',
      rows: 30_000,
      rejected: 4,
      columns: [
        { name: 'id', type: 'BIGINT' },
        { name: 'name', type: 'VARCHAR' },
        { name: 'amount', type: 'DOUBLE' },
      ],
    });
    expect(loaded.rejects.map((reject) => [reject.line, reject.text])).toEqual(
      bad.map((text, index) => [30_002 + index, text]),
    );
    expect((await database.tables()).map((table) => table.name)).toEqual(['t_2024_sales_final']);
  }));

test('a table that exists is replaced or added to, as is said', () =>
  withDatabase(
    async ({ database, data }) => {
      const file = join(data, 'clean.csv');
      await database.load(file);
      await expect(database.load(file)).rejects.toThrow(/clean exists already.*--replace.*--append/);
      expect(await database.load(file, { mode: 'append' })).toMatchObject({ rows: 2000 });
      expect(await rowsOf(database, 'select count(*) from clean')).toEqual([['4000']]);
      await database.load(file, { mode: 'replace' });
      expect(await rowsOf(database, 'select count(*) from clean')).toEqual([['2000']]);
      expect(await database.load(file, { table: 'My "own" Table' })).toMatchObject({
        table: '"My ""own"" Table"',
      });
      expect(await rowsOf(database, 'select count(*) from "My ""own"" Table"')).toEqual([['2000']]);
    },
    {},
    { 'data/clean.csv': CLEAN },
  ));

test('TSV, JSON, NDJSON and Parquet', () =>
  withDatabase(
    async ({ database, data, workspace }) => {
      expect(await database.load(join(data, 'a.tsv'))).toMatchObject({
        rows: 1,
        columns: [{ name: 'x' }, { name: 'y' }],
      });
      expect(await database.load(join(data, 'b.json'))).toMatchObject({ rows: 2 });
      expect(await database.load(join(data, 'c.ndjson'))).toMatchObject({ rows: 2, rejected: 0 });
      await runAsUser(database, `copy (select 1::decimal(10, 2) d, [1, 2] l) to 'p.parquet'`);
      expect(await database.load(join(workspace, 'p.parquet'))).toMatchObject({
        rows: 1,
        columns: [{ type: 'DECIMAL(10,2)' }, { type: 'INTEGER[]' }],
      });
    },
    {},
    {
      'data/a.tsv': 'x\ty\n1\t2\n',
      'data/b.json': '[{"a": 1}, {"a": 2, "b": "x"}]',
      'data/c.ndjson': '{"a": 1}\n{"a": 2}\n',
    },
  ));

test('broken lines of NDJSON are counted and shown, the others keep their types', () =>
  withDatabase(
    async ({ database, data }) => {
      expect(await database.load(join(data, 'bad.ndjson'))).toMatchObject({
        rows: 3,
        rejected: 2,
        rejects: [
          { line: 2, text: '{"a": 2,' },
          { line: 4, text: 'not json' },
        ],
        columns: [
          { name: 'a', type: 'UBIGINT' },
          { name: 'b', type: 'VARCHAR' },
        ],
      });
      expect(await rowsOf(database, 'from bad')).toEqual([
        ['1', 'x'],
        ['3', 'z'],
        ['4', null],
      ]);
    },
    {},
    { 'data/bad.ndjson': '{"a": 1, "b": "x"}\n{"a": 2,\n{"a": 3, "b": "z"}\nnot json\n{"a": 4}\n' },
  ));

test('a failed load leaves nothing behind', () =>
  withDatabase(
    async ({ database, data }) => {
      await expect(database.load(join(data, 'x.bin'))).rejects.toThrow(/no kind that can be loaded/);
      await expect(database.load(join(data, 'nothing.csv'))).rejects.toThrow(/nothing.csv/);
      await expect(database.load(join(data, 'broken.json'))).rejects.toThrow(/JSON/);
      expect(await database.tables()).toEqual([]);
    },
    {},
    { 'data/x.bin': '?', 'data/broken.json': '[{"a": 1}, {"a"' },
  ));

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
    await expect(database.describe('nope')).rejects.toMatchObject({ name: 'CatalogError' });
  }));
