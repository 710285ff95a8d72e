import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { rowsOf, withDatabase } from './testing.js';

test('whole numbers stay exact whatever their size, also when they are added', () =>
  withDatabase(
    async ({ database, data }) => {
      const loaded = await database.load(join(data, 'large.csv'));
      expect(loaded.columns.map(({ type }) => type)).toEqual(['BIGINT', 'HUGEINT', 'DOUBLE', 'VARCHAR']);
      await database.load(join(data, 'large.csv'), { mode: 'append' });
      expect(await rowsOf(database, 'select distinct n, text from large order by n')).toEqual([
        ['9223372036854775808', '1'],
        ['123456789012345678901234567890', '9'.repeat(44)],
      ]);
    },
    {},
    {
      'data/large.csv': `id,n,real,text\n1,123456789012345678901234567890,1e300,${'9'.repeat(44)}\n2,9223372036854775808,2.5,1\n`,
    },
  ));

test('line breaks in quotes, names that are alike, semicolons, a header alone', () =>
  withDatabase(
    async ({ database, data }) => {
      await database.load(join(data, 'quoted.csv'));
      expect(await rowsOf(database, 'from quoted')).toEqual([
        ['1', 'one\ntwo'],
        ['2', 'says "hi", ok'],
      ]);
      expect((await database.load(join(data, 'alike.csv'))).columns.map(({ name }) => name)).toEqual([
        'a',
        'a_1',
        'A_2',
        'First Name',
      ]);
      expect(await database.load(join(data, 'excel.csv'))).toMatchObject({
        rows: 2,
        columns: [{ name: 'a' }, { name: 'b' }],
      });
      expect(await database.load(join(data, 'semicolons.csv'))).toMatchObject({ rows: 1, columns: [{}, {}] });
      expect(await database.load(join(data, 'header.csv'))).toMatchObject({ rows: 0, columns: [{}, {}] });
    },
    {},
    {
      'data/quoted.csv': 'id,text\n1,"one\ntwo"\n2,"says ""hi"", ok"\n',
      'data/alike.csv': 'a,a,A,First Name\n1,2,3,x\n',
      'data/excel.csv': 'sep=;\r\na;b\r\n1;x, y\r\n3;z\r\n',
      'data/semicolons.csv': 'a;b\n1;2\n',
      'data/header.csv': 'a,b\n',
    },
  ));

test('what comes late in a file is read as well: quotes, lines that end in another way, other types and names', () =>
  withDatabase(
    async ({ database, data }) => {
      expect(await database.load(join(data, 'quotes.csv'))).toMatchObject({ rows: 30_001, rejected: 0 });
      expect(await rowsOf(database, 'select b from quotes where a = 30000')).toEqual([['one, "two"\nthree']]);
      expect(await database.load(join(data, 'ends.csv'))).toMatchObject({ rows: 2, rejected: 0 });
      expect(await database.load(join(data, 'drift.ndjson'))).toMatchObject({
        rows: 30_001,
        columns: [{ name: 'id' }, { name: 'v', type: 'JSON' }, { name: 'late' }],
      });
    },
    {},
    {
      'data/quotes.csv': `a,b\n${Array.from({ length: 30_000 }, (_, n) => `${n},x`).join('\n')}\n30000,"one, ""two""\nthree"\n`,
      'data/ends.csv': 'a,b\r\n1,2\n3,4\r\n',
      'data/drift.ndjson': `${Array.from({ length: 30_000 }, (_, n) => `{"id": ${n}, "v": ${n}}`).join('\n')}\n{"id": 30000, "v": "x", "late": {"a": 1}}\n`,
    },
  ));

test('codes that are added to a column of whole numbers are said to lose their zeros', () =>
  withDatabase(
    async ({ database, data }) => {
      await database.load(join(data, 'codes.csv'), { table: 'numbers' });
      expect(
        (await database.load(join(data, 'codes.csv'), { table: 'numbers', mode: 'append' })).note,
      ).toBeUndefined();
      for (const name of ['few', 'many']) {
        const { note, rows } = await database.load(join(data, `${name}.csv`), {
          table: 'numbers',
          mode: 'append',
        });
        expect(rows).toBe(name === 'few' ? 2 : 30_001);
        expect(note).toMatch(
          /^code: numbers that begin with a zero, .* lost it, .* ALTER TABLE "numbers" ALTER code TYPE VARCHAR/,
        );
      }
      await database.query('alter table numbers alter code type varchar', { author: 'user' });
      expect(
        (await database.load(join(data, 'few.csv'), { table: 'numbers', mode: 'append' })).note,
      ).toBeUndefined();
      expect(await rowsOf(database, `select count(*) from numbers where code = '007'`)).toEqual([['1']]);
    },
    {},
    {
      'data/codes.csv': 'id,code\n1,1\n2,20\n',
      'data/few.csv': 'id,code\n3,007\n4,12\n',
      'data/many.csv': `id,code\n${Array.from({ length: 30_000 }, (_, n) => `${n},${n + 1}`).join('\n')}\n30000,01067\n`,
    },
  ));
