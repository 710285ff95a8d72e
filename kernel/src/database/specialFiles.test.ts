import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowsOf, runAsUser, withDatabase } from './testing.js';

const REFUSED: readonly string[] = [
  `from read_csv('pipe')`,
  `from 'pipe.csv'`,
  `from "pipe.csv"`,
  `from read_csv(['good.csv', 'pipe'])`,
  `from read_text('./folder/../pipe')`,
  `copy t from 'pipe.csv'`,
  `create table s as from read_json('pipe')`,
  `explain analyze from read_parquet('pipe')`,
  `import database 'exported'`,
  `begin; from read_csv('pipe')`,
];

test('what is no regular file is not opened: a pipe that nobody writes to would never let go of the database', () =>
  withDatabase(
    async ({ workspace, database, lost }) => {
      mkdirSync(join(workspace, 'exported'));
      mkdirSync(join(workspace, 'folder'));
      for (const name of ['pipe', 'pipe.csv', 'exported/schema.sql'])
        execFileSync('mkfifo', [join(workspace, name)]);
      await runAsUser(database, 'create table t (a integer)');
      for (const sql of REFUSED) {
        await expect(runAsUser(database, sql)).rejects.toThrow(/is a named pipe/);
      }
      await expect(database.query(`from read_csv('pipe')`, { author: 'model' })).rejects.toThrow(
        /named pipe/,
      );
      await expect(
        database.toParquet(`from 'pipe.csv'`, join(workspace, 'out.parquet'), { author: 'user' }),
      ).rejects.toThrow(/named pipe/);
      await expect(database.describe(`'pipe.csv'`)).rejects.toThrow(/named pipe/);
      expect(await rowsOf(database, `select count(*), 'pipe' from read_csv('good.csv')`)).toEqual([
        ['1', 'pipe'],
      ]);
      expect(lost).toEqual([]);
    },
    {},
    { 'workspace/good.csv': 'a\n1\n' },
  ));

test('a pattern passes over what is no regular file', () =>
  withDatabase(
    async ({ workspace, database }) => {
      execFileSync('mkfifo', [join(workspace, 'b.csv')]);
      writeFileSync(join(workspace, 'c.csv'), 'a\n2\n');
      expect(await rowsOf(database, `select sum(a) from '*.csv'`)).toEqual([['3']]);
    },
    {},
    { 'workspace/a.csv': 'a\n1\n' },
  ));
