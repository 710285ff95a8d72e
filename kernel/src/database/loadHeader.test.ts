import { expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rowsOf, withDatabase } from './testing.js';

test('lines above the header are left out, and said to be, where a table begins below them', () =>
  withDatabase(
    async ({ database, data, folder }) => {
      expect(await database.load(join(data, 'report.csv'))).toMatchObject({
        rows: 2,
        rejected: 0,
        columns: [{ name: 'region' }, { name: 'sales', type: 'BIGINT' }, { name: 'big', type: 'HUGEINT' }],
        note: 'The first 3 lines were left out: they stand above the header.',
      });
      await database.load(join(data, 'report.csv'), { mode: 'append' });
      expect(
        await rowsOf(database, 'select region, sum(sales) from report group by all order by all'),
      ).toEqual([
        ['N', '2'],
        ['S', '4'],
      ]);
      const windows = join(folder, 'windows.csv');
      await writeFile(windows, Buffer.from('Ums\xe4tze 2024\nregion;sales\nK\xf6ln;1\n', 'latin1'));
      const loaded = await database.load(windows);
      expect(loaded.note).toContain('Windows-1252');
      expect(loaded.note).toContain('The first line was left out');
      expect(await rowsOf(database, 'from windows')).toEqual([['Köln', '1']]);
      const lines =
        'Ums\xe4tze 2024, alle\nStand: 1. M\xe4rz\n\nregion;sales;day\nBonn;1;03.04.2024\nUlm;2;05.06.2024\n';
      await writeFile(join(folder, 'lines.csv'), Buffer.from(lines, 'latin1'));
      const below = await database.load(join(folder, 'lines.csv'));
      expect(below).toMatchObject({
        rows: 2,
        rejected: 0,
        columns: [{ name: 'region' }, {}, { type: 'DATE' }],
      });
      expect(below.note).toMatch(/Windows-1252.*\nThe first 3 lines were left out.*\nday was read as day/);
      // The title of one column is no table of its own, and lines that are ragged are none either.
      expect(await database.load(join(data, 'ragged.csv'))).toMatchObject({ rows: 2, rejected: 2 });
    },
    {},
    {
      'data/report.csv':
        'Made 2024-05-01, late\nBy: Finance\n\nregion,sales,big\nN,1,123456789012345678901234567890\nS,2,9223372036854775808\n',
      'data/ragged.csv': 'a,b,c\n1,2,3\n1,2\n1,2,3,4\n4,5,6\n',
    },
  ));

test('so are titles that a spreadsheet has filled up with separators; a header with one name is none', () =>
  withDatabase(
    async ({ database, data }) => {
      expect(await database.load(join(data, 'bank.csv'))).toMatchObject({
        rows: 2,
        columns: [
          { name: 'Buchungstag', type: 'DATE' },
          { name: 'Zweck' },
          { name: 'Betrag', type: 'DOUBLE' },
        ],
        note: expect.stringMatching(/^The first 2 lines were left out: they stand above the header/),
      });
      for (const name of ['one', 'first'])
        expect((await database.load(join(data, `${name}.csv`))).note ?? '').not.toContain('left out');
      expect(await rowsOf(database, 'from "first"')).toEqual([['1', '2', '3']]);
    },
    {},
    {
      'data/bank.csv':
        '\ufeffKontoauszug 2024;;\r\n;;\r\nBuchungstag;Zweck;Betrag\r\n01.02.2024;Miete;-1.234,50\r\n15.02.2024;Gehalt;3.000,00\r\n',
      'data/one.csv': 'name,,\nx,1,2\ny,3,4\n',
      'data/first.csv': 'a,b,c\n1,2,3\n',
    },
  ));

test('names that look like a row are said to be missed, and taken for names where that is asked', () =>
  withDatabase(
    async ({ database, data }) => {
      const file = join(data, 'years.csv');
      expect((await database.load(file)).note).toMatch(/--header takes the first one/);
      expect(await database.load(file, { mode: 'replace', header: true })).toMatchObject({
        columns: [{ name: 'name' }, { name: '2024' }, { name: '2023' }],
      });
      expect(await rowsOf(database, 'from years')).toEqual([['a', '1', '2']]);
    },
    {},
    {
      'data/years.csv': 'name,2024,2023\na,1,2\n',
    },
  ));

test('lines that are taken for comments are said to be left out', () =>
  withDatabase(
    async ({ database, data }) => {
      const log = await database.load(join(data, 'log.csv'));
      expect(log).toMatchObject({ rows: 2, columns: [{ name: 'time' }, { name: 'temp', type: 'DOUBLE' }] });
      expect(log.note).toMatch(/^Lines that begin with # were taken for comments/m);
      expect((await database.load(join(data, 'plain.csv'))).note).not.toContain('comments');
    },
    {},
    {
      'data/log.csv': '# device: A7\n# fw: 1.2\ntime,temp\n9:05,21.5\n# again\n9:10,21.6\n',
      'data/plain.csv': 'time,temp\n9:05,21.5\n9:10,#?\n',
    },
  ));

test('rows of several lengths are no title above a table without names', () =>
  withDatabase(
    async ({ database, data }) => {
      const loaded = await database.load(join(data, 'ragged.tsv'));
      expect(loaded).toMatchObject({
        rows: 1,
        rejected: 2,
        columns: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
      });
      expect(loaded.note).toBeUndefined();
    },
    {},
    { 'data/ragged.tsv': 'a\tb\tc\n1\t2\t3\n4\t5\n6\t7\t8\t9\n' },
  ));
