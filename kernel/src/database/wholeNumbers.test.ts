import { expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rowsOf, runAsUser, withDatabase } from './testing.js';

/** More rows than DuckDB looks at before it settles on types. */
const MANY = 40_000;
const many = (line: (n: number) => string): string =>
  Array.from({ length: MANY }, (_, n) => line(n)).join('\n');

test('a fraction is read as it is, however late it comes', () =>
  withDatabase(
    async ({ database, data }) => {
      const loaded = await database.load(join(data, 'late.csv'));
      expect(loaded).toMatchObject({
        rows: MANY + 2,
        rejected: 1,
        rejects: [{ column: 'n', reason: `Could not convert string "x" to 'BIGINT'` }],
        columns: [{ type: 'BIGINT' }, { type: 'DOUBLE' }, { type: 'BIGINT' }, { type: 'BIGINT' }],
      });
      expect(await rowsOf(database, `select n, hours, id, late from late order by n desc limit 2`)).toEqual([
        [String(MANY + 1), '12.5', '9007199254740993', '3'],
        [String(MANY), '8.0', '9007199254740995', '9007199254740993'],
      ]);
    },
    {},
    {
      'data/late.csv':
        `n,hours,id,late\n${many((n) => `${n},8,9007199254740993,1`)}\n${MANY},8,9007199254740995,9007199254740993\n` +
        `${MANY + 1},12.5,9007199254740993,3\nx,1,1,1\n`,
    },
  ));

test('fractions are not rounded to fit a table of whole numbers', () =>
  withDatabase(
    async ({ database, data }) => {
      await runAsUser(database, 'create table t as select 1::int n');
      for (const name of ['first', 'late'])
        await expect(
          database.load(join(data, `${name}.csv`), { table: 't', mode: 'append' }),
        ).rejects.toThrow(
          `${name}.csv has fractions in n, and "t" has room for whole numbers there: nothing was added. ` +
            'ALTER TABLE "t" ALTER n TYPE DOUBLE makes room for them.',
        );
      await database.load(join(data, 'whole.csv'), { table: 't', mode: 'append' });
      expect(await rowsOf(database, 'from t')).toEqual([['1'], ['2'], ['3']]);
    },
    {},
    {
      'data/first.csv': 'n\n1.5\n',
      'data/late.csv': `n\n${many(String)}\n2.5\n`,
      'data/whole.csv': 'n\n2.0\n3\n',
    },
  ));

test('a code keeps its zeros, however late the first of them comes', () =>
  withDatabase(
    async ({ database, data }) => {
      const loaded = await database.load(join(data, 'late.csv'));
      expect(loaded).toMatchObject({ columns: [{ type: 'VARCHAR' }, { type: 'BIGINT' }] });
      expect(loaded.note).toBe('zip stays text: some of its numbers begin with a zero, as codes do.');
      expect(await rowsOf(database, `select zip from late where n = 40000`)).toEqual([['01067']]);
    },
    {},
    {
      'data/late.csv': `zip,n\n${Array.from({ length: 40_000 }, (_, n) => `10115,${n}`).join('\n')}\n01067,40000\n`,
    },
  ));

test('so does a code among numbers of other lengths, also in quotes or packed', () =>
  withDatabase(
    async ({ database, data }) => {
      const text = await readFile(join(data, 'late.csv'));
      await writeFile(join(data, 'packed.csv.gz'), gzipSync(text));
      for (const name of ['late.csv', 'packed.csv.gz']) {
        const { note, columns, table } = await database.load(join(data, name));
        expect(columns.map(({ type }) => type)).toEqual(['VARCHAR', 'VARCHAR', 'BIGINT', 'BIGINT']);
        expect(note?.split('\n')).toEqual(
          ['id', 'quoted'].map(
            (column) => `${column} stays text: some of its numbers begin with a zero, as codes do.`,
          ),
        );
        expect(await rowsOf(database, `select id, quoted from ${table} where n = ${MANY}`)).toEqual([
          ['00123', '007'],
        ]);
      }
    },
    {},
    {
      'data/late.csv': `id,quoted,n,sign\n${many((n) => `${n},${n},${n},0`)}\n00123,"007",${MANY},-5\n`,
    },
  ));
