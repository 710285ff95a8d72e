import { expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
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

test('a CSV is read in the encoding that it has', () =>
  withDatabase(async ({ database, folder }) => {
    const windows = Buffer.from('id,price\n1,5 \x80\n2,K\xf6ln\n', 'latin1');
    for (const [name, bytes, rows] of [
      ['mark.csv', Buffer.from('\ufeffid,price\n1,ü\n'), [['1', 'ü']]],
      ['wide.csv', Buffer.from('\ufeffid,price\n1,ü\n', 'utf16le'), [['1', 'ü']]],
      [
        'windows.csv',
        windows,
        [
          ['1', '5 €'],
          ['2', 'Köln'],
        ],
      ],
      [
        'packed.csv.gz',
        gzipSync(windows),
        [
          ['1', '5 €'],
          ['2', 'Köln'],
        ],
      ],
    ] as const) {
      await writeFile(join(folder, name), bytes);
      const loaded = await database.load(join(folder, name));
      expect(loaded).toMatchObject({ rejected: 0, columns: [{ name: 'id' }, { name: 'price' }] });
      expect(loaded.note === undefined).toBe(rows.length === 1);
      expect(await rowsOf(database, `from ${loaded.table}`)).toEqual(rows);
    }
  }));

test('a file is read in the encoding that is named, by any name that it has', () =>
  withDatabase(async ({ database, folder }) => {
    const words = {
      'windows-1250': [0xb3, 'ł'],
      cp1251: [0xe6, 'ж'],
      '1253': [0xe1, 'α'],
      IBM866: [0xa6, 'ж'],
      'iso_8859-15': [0xa4, '€'],
      'latin-1': [0xe9, 'é'],
      'mac-roman': [0x8e, 'é'],
    } as const;
    for (const [encoding, [byte, letter]] of Object.entries(words)) {
      for (const [name, text] of [
        ['t.csv', 'a,b\n1,?\n'],
        ['t.json', '[{"a": 1, "b": "?"}]'],
      ] as const) {
        const [before = '', after = ''] = text.split('?');
        const bytes = [Buffer.from(before), Buffer.from([byte]), Buffer.from(after)];
        await writeFile(join(folder, name), Buffer.concat(bytes));
        const { note } = await database.load(join(folder, name), { mode: 'replace', encoding });
        expect(note).toBeUndefined();
        expect(await rowsOf(database, 'select b from t')).toEqual([[letter]]);
      }
    }
    const wrong = await database.load(join(folder, 't.csv'), { mode: 'replace', encoding: 'utf-8' });
    expect(wrong.note).toMatch(/^1 character could not be read as utf-8, and stands as \ufffd/);
    for (const [name, encoding, message] of [
      [
        't.csv',
        'klingon',
        /^--encoding klingon is no encoding that is known here. These are: utf-8, .*windows-1250/,
      ],
      ['t.parquet', 'utf-8', /^--encoding is for CSV and JSON files/],
      ['t.csv.zst', 'utf-8', /unpacked \(zstd -d\)/],
    ] as const)
      await expect(database.load(join(folder, name), { mode: 'replace', encoding })).rejects.toThrow(message);
  }));

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

test('a file of empty lines, or of a mark alone, is empty', () =>
  withDatabase(
    async ({ database, data }) => {
      for (const name of ['lines.csv', 'mark.csv', 'spaces.json'])
        await expect(database.load(join(data, name))).rejects.toThrow(`${name} is empty.`);
    },
    {},
    { 'data/lines.csv': '\n\r\n\n', 'data/mark.csv': '\ufeff', 'data/spaces.json': ' \n' },
  ));
