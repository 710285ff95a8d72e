import { expect, test } from '@jest/globals';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rowsOf, runAsUser, withDatabase } from './testing.js';

const FILES = { 'data/sales.csv': 'x\n1\n', 'data/2024/q1.csv': 'x\n2\n', 'data/2024/q2.csv': 'x\n3\n' };

test('the files beside the notebook are read by name, relative or not, also those that appear later', () =>
  withDatabase(
    async ({ database, data, workspace }) => {
      const link = (name: string): Promise<void> => symlink(join(data, name), join(workspace, name));
      await link('sales.csv');
      await link('2024');
      expect(await rowsOf(database, `from 'sales.csv'`, 'model')).toEqual([['1']]);
      expect(await rowsOf(database, `from '${data}/2024/q1.csv'`)).toEqual([['2']]);
      expect(await rowsOf(database, `select sum(x) from '2024/*.csv'`)).toEqual([['5']]);
      expect(await rowsOf(database, `select sum(x) from '${data}/**/*.csv'`)).toEqual([['6']]);
      await writeFile(join(data, 'new.csv'), 'x\n4\n');
      await link('new.csv');
      expect(await rowsOf(database, `from "new.csv"`)).toEqual([['4']]);
      await mkdir(join(data, 'later'));
      await link('later');
      await writeFile(join(data, 'later', 'a.csv'), 'x\n5\n');
      await writeFile(join(data, 'later', 'b.csv'), 'x\n6\n');
      expect(
        await rowsOf(database, `select sum(x) from read_csv(['later/' || 'a.csv', 'later/b.csv'])`),
      ).toEqual([['11']]);
      await symlink(join(data, 'sales.csv'), join(workspace, 'linked.csv'));
      expect(await rowsOf(database, `from 'linked.csv'`)).toEqual([['1']]);
    },
    {},
    FILES,
  ));

test('patterns find what lies in the workspace, once, beside what is linked there', () =>
  withDatabase(
    async ({ database, data, workspace }) => {
      for (const name of ['sales.csv', '2024']) await symlink(join(data, name), join(workspace, name));
      await mkdir(join(workspace, 'parts'));
      await writeFile(join(workspace, 'own.csv'), 'x\n10\n');
      await writeFile(join(workspace, 'parts', 'p.csv'), 'x\n20\n');
      const sums: readonly (readonly [pattern: string, sum: string])[] = [
        ['*.csv', '11'],
        ['parts/*.csv', '20'],
        ['parts/**/*.csv', '20'],
        ['2024/*.csv', '5'],
        ['2024/**/*.csv', '5'],
      ];
      for (const author of ['user', 'model'] as const) {
        for (const [pattern, sum] of sums)
          expect(await rowsOf(database, `select sum(x) from '${pattern}'`, author)).toEqual([[sum]]);
      }
      await expect(rowsOf(database, `from '**/*.csv'`)).rejects.toThrow(`'${data}/**/*.csv'`);
    },
    {},
    FILES,
  ));

test('a grant that opens the database again loses nothing', () =>
  withDatabase(
    async ({ database, folder }) => {
      await runAsUser(
        database,
        `create table kept as select 1 i; create schema s;
         create temp table t (i int primary key, e enum('a', 'b'), h hugeint);
         insert into t values (1, 'b', 170141183460469231731687303715884105727);
         create temp view tv as select h from t; set variable v = {'a': [1, 2]}; use s; create table own (i int)`,
      );
      const [before] = await runAsUser(database, 'from range(3)');
      await expect(rowsOf(database, `from '${folder}/elsewhere/x.csv'`)).rejects.toThrow();
      await database.setReadable({ folders: [], files: [join(folder, 'elsewhere', 'x.csv')] });
      expect(await rowsOf(database, `from '${folder}/elsewhere/x.csv'`)).toEqual([['9']]);
      expect(
        await rowsOf(
          database,
          `select *, getvariable('v') from t, tv, main.kept, own right join range(1) on true`,
        ),
      ).toEqual([
        [
          '1',
          'b',
          '170141183460469231731687303715884105727',
          '170141183460469231731687303715884105727',
          '1',
          null,
          '0',
          '{"a": [1, 2]}',
        ],
      ]);
      await expect(runAsUser(database, `insert into t values (1, 'a', 0)`)).rejects.toThrow('Duplicate key');
      if (before?.kind !== 'rows') throw new Error('no rows');
      expect((await database.page(before.id, 1, 1)).rows).toEqual([['1']]);
    },
    {},
    { ...FILES, 'elsewhere/x.csv': 'x\n9\n' },
  ));

test('what is no longer granted can no longer be read', () =>
  withDatabase(
    async ({ database, data }) => {
      expect(await rowsOf(database, `from '${data}/sales.csv'`)).toEqual([['1']]);
      await database.setReadable({ folders: [], files: [] });
      await expect(rowsOf(database, `from '${data}/sales.csv'`)).rejects.toThrow();
    },
    {},
    FILES,
  ));

test('patterns pass over hidden entries, wherever a query reads files by them', () =>
  withDatabase(
    async ({ database, data, workspace }) => {
      await symlink(join(data, '2024'), join(workspace, '2024'));
      const dir = `${data}/2024`;
      const counts: readonly (readonly [sql: string, count: string])[] = [
        [`from read_text('${dir}/*')`, '3'],
        [`from glob('${dir}/*')`, '3'],
        [`from glob('${dir}/?1.csv')`, '1'],
        [`from glob('${dir}/**')`, '4'],
        [`from glob('2024/**')`, '4'],
        [`from glob('${dir}/[.a-z]*')`, '3'],
        [`from '${dir}/*.csv'`, '5'],
        [`from "2024/*.csv"`, '5'],
        [`from '2024/**/*.csv' t join range(1) on true`, '6'],
        [`from read_csv('${dir}/**/*.csv', header = true)`, '6'],
        [`from read_csv(['2024/*.csv', '2024/**/*3.csv'])`, '6'],
        [`from (select 1 where '2024/*' is distinct from '2024/?')`, '1'],
      ];
      for (const author of ['user', 'model'] as const)
        for (const [sql, count] of counts)
          expect([sql, await rowsOf(database, `select count(*) ${sql}`, author)]).toEqual([sql, [[count]]]);
      expect(await rowsOf(database, `select list(file order by file) from glob('2024/[.n]*')`)).toEqual([
        ['["2024/notes.txt"]'],
      ]);

      await runAsUser(
        database,
        `create view v as from '2024/*.csv'; create table t as from '2024/**/*.csv';
         copy (from '2024/*.csv') to 'out.csv'; insert into t from '2024/*.csv'`,
      );
      expect(await rowsOf(database, 'select (select count(*) from v), (select count(*) from t)')).toEqual([
        ['5', '11'],
      ]);
      expect((await database.describe(`'2024/*.csv'`)).rows).toBe(5);
      await expect(rowsOf(database, `select x, nothing from '2024/**/*.csv'`)).rejects.toMatchObject({
        message: expect.stringContaining('"nothing" not found'),
        position: 10,
      });
      await expect(rowsOf(database, `from read_csv('2024/*.tsv')`)).rejects.toThrow(
        'No files found that match the pattern "2024/*.tsv"',
      );
      await expect(rowsOf(database, `from '2024/*'`)).rejects.toThrow(
        /^2024\/\* is no table, and no file that is read by its extension .* FROM read_csv\('2024\/\*'\)/,
      );
      for (const sql of [`from glob('2024/' || '*')`, `create view w as from '2024/**/*.csv'`])
        await expect(runAsUser(database, sql)).rejects.toThrow(/Hidden entries may lie in its way/);
    },
    {},
    {
      'data/2024/q1.csv': 'x\n1\n2\n',
      'data/2024/q2.csv': 'x\n3\n4\n5\n',
      'data/2024/notes.txt': '-',
      'data/2024/deep/q3.csv': 'x\n6\n',
      'data/2024/.hidden.csv': 'x\n100\n',
      'data/2024/.1.csv': 'x\n100\n',
      'data/2024/.ipynb_checkpoints/q1.csv': 'x\n100\n',
      'data/2024/deep/.hidden/q4.csv': 'x\n100\n',
    },
  ));
