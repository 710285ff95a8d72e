import { expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rowsOf, runAsUser, withDatabase } from './testing.js';

const CLEAN = `id,name,amount\n${Array.from({ length: 2000 }, (_, n) => `${n},n${n},${n}.5`).join('\n')}\n`;

test('a CSV becomes a table with a readable name; rows that would not parse are counted and shown', () =>
  withDatabase(async ({ database, folder }) => {
    const lines = Array.from({ length: 30_000 }, (_, n) => `${n},n${n},${n}.5`);
    const bad = ['x,bad,1', '7', '8,too,1,many', '9,nine,notanumber'];
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

test('a failed load leaves nothing behind', () =>
  withDatabase(
    async ({ database, data }) => {
      await expect(database.load(join(data, 'nothing-in-it.csv'))).rejects.toThrow(
        'nothing-in-it.csv is empty',
      );
      await expect(database.load(join(data, 'x.bin'))).rejects.toThrow(/no kind that can be loaded/);
      await expect(database.load(join(data, 'nothing.csv'))).rejects.toThrow(/nothing.csv/);
      await expect(database.load(join(data, 'broken.json'))).rejects.toThrow(/JSON/);
      expect(await database.tables()).toEqual([]);
    },
    {},
    { 'data/nothing-in-it.csv': '', 'data/x.bin': '?', 'data/broken.json': '[{"a": 1}, {"a"' },
  ));

test('what is not what its name says, or does not fit the table, is told in words that help', () =>
  withDatabase(
    async ({ database, data }) => {
      const noise = Uint8Array.from({ length: 3000 }, (_, i) => (i * i * 31 + i * 7919) >> 3);
      await writeFile(join(data, 'fake.csv'), noise);
      for (const [name, words] of [
        ['fake.parquet', /^fake.parquet is no Parquet file/],
        ['fake.json', /^fake.json is no JSON: at byte 1/],
        ['fake.csv', /^fake.csv could not be read as CSV/],
        ['long.csv', /^long.csv has a line of 3,000,00\d bytes.*max_line_size/],
        ['x.log', /read_csv\('x.log'\)/],
      ] as const)
        await expect(database.load(join(data, name))).rejects.toThrow(words);
      await database.load(join(data, 'a.csv'));
      await expect(database.load(join(data, 'b.csv'), { table: 'a', mode: 'append' })).rejects.toThrow(
        /^b.csv has a column y, and "a" has none of that name: nothing was added/,
      );
      expect(await rowsOf(database, 'from a')).toEqual([['1']]);
    },
    {},
    {
      'data/fake.parquet': 'a,b\n1,2\n',
      'data/fake.json': 'a,b\n1,2\n',
      'data/long.csv': `id,t\n1,${'x'.repeat(3_000_000)}\n`,
      'data/x.log': 'a\n1\n',
      'data/a.csv': 'x\n1\n',
      'data/b.csv': 'x,y\n1,2\n',
    },
  ));

test('a file of empty lines, or of a mark alone, is empty', () =>
  withDatabase(
    async ({ database, data }) => {
      for (const name of ['lines.csv', 'mark.csv', 'spaces.json'])
        await expect(database.load(join(data, name))).rejects.toThrow(`${name} is empty.`);
    },
    {},
    { 'data/lines.csv': '\n\r\n\n', 'data/mark.csv': '\ufeff', 'data/spaces.json': ' \n' },
  ));
