import { expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rowsOf, runAsUser, withDatabase } from './testing.js';

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

test('JSON is read in the encoding that it has, its whole numbers exact whatever their size', () =>
  withDatabase(
    async ({ database, data }) => {
      const text = '[{"a": "Jörg", "n": 1}, {"a": "Zoë", "n": 2}]';
      const rows = [
        ['Jörg', '1'],
        ['Zoë', '2'],
      ];
      await writeFile(join(data, 'marked.json'), `\ufeff${text}`);
      await writeFile(join(data, 'latin.json'), Buffer.from(text, 'latin1'));
      await writeFile(join(data, 'wide.json'), Buffer.from(`\ufeff${text}`, 'utf16le'));
      for (const name of ['marked', 'latin', 'wide']) {
        const { note } = await database.load(join(data, `${name}.json`));
        expect(note).toBe(
          name === 'latin'
            ? 'latin.json is not UTF-8: it was read as Windows-1252 (Latin-1). --encoding names another.'
            : undefined,
        );
        expect(await rowsOf(database, `from ${name}`)).toEqual(rows);
      }
      expect(await database.load(join(data, 'huge.json'))).toMatchObject({
        rows: 2,
        columns: [{ type: 'HUGEINT' }, { type: 'VARCHAR' }, { type: 'DOUBLE' }, { type: 'STRUCT(y BIGINT)' }],
      });
      expect(await rowsOf(database, 'select wei, id from huge')).toEqual([
        ['123456789012345678901234567890', '1234567890123456789012345678901234567890'],
        ['1', null],
      ]);
    },
    {},
    {
      'data/huge.json':
        '[{"wei": 123456789012345678901234567890, "id": 1234567890123456789012345678901234567890, "x": 1e30, "s": {"y": 1}},' +
        ' {"wei": 1, "x": 0.5}]',
    },
  ));

test('dates are read in the order that is asked for, also beside broken lines', () =>
  withDatabase(
    async ({ database, data }) => {
      const dates = async (name: string, order: 'dmy' | 'mdy'): Promise<unknown> => {
        const { note } = await database.load(join(data, name), { mode: 'replace', table: 't', dates: order });
        expect(note).toBeUndefined();
        return rowsOf(database, 'select d::date, n from t order by n');
      };
      for (const name of ['dashes.json', 'slashes.json', 'times.json', 'broken.ndjson']) {
        expect([name, await dates(name, 'mdy')]).toEqual([
          name,
          [
            ['2024-03-04', '1'],
            ['2024-05-06', '2'],
          ],
        ]);
        expect([name, await dates(name, 'dmy')]).toEqual([
          name,
          [
            ['2024-04-03', '1'],
            ['2024-06-05', '2'],
          ],
        ]);
      }
      expect(await dates('iso.json', 'mdy')).toEqual([['2024-03-04', '1']]);
      await runAsUser(database, 'create table texts (d varchar, n int)');
      await database.load(join(data, 'dashes.json'), { mode: 'append', table: 'texts', dates: 'mdy' });
      expect(await rowsOf(database, 'select d from texts')).toEqual([['2024-03-04'], ['2024-05-06']]);
      for (const name of ['certain.json', 'certain.ndjson'])
        await expect(database.load(join(data, name), { dates: 'mdy' })).rejects.toThrow(
          '--dates mdy fits no column of this file: none is written so in all its rows.',
        );
    },
    {},
    {
      'data/dashes.json': '[{"d": "03-04-2024", "n": 1}, {"d": "05-06-2024", "n": 2}]',
      'data/slashes.json': '[{"d": "03/04/2024", "n": 1}, {"d": "05/06/2024", "n": 2}]',
      'data/times.json': '[{"d": "03/04/2024 10:00", "n": 1}, {"d": "05/06/2024 11:00", "n": 2}]',
      'data/broken.ndjson': '{"d": "03/04/2024", "n": 1}\n{"d": "05/06/2024", "n": 2}\n{"d":\n',
      'data/iso.json': '[{"d": "2024-03-04", "n": 1}]',
      'data/certain.json': '[{"d": "13/04/2024"}]',
      'data/certain.ndjson': '{"d": "13/04/2024"}\n{"d": "14/04/2024"}\n{"d":\n',
    },
  ));

test('dates stay as they are where the file is read again for its whole numbers', () =>
  withDatabase(
    async ({ database, data }) => {
      await database.load(join(data, 'both.json'));
      expect(await rowsOf(database, 'select d::date, n from "both"')).toEqual([
        ['2024-04-13', '123456789012345678901234567890'],
      ]);
    },
    {},
    { 'data/both.json': '[{"d": "13-04-2024", "n": 123456789012345678901234567890}]' },
  ));

test('a file without rows makes no table', () =>
  withDatabase(
    async ({ database, data }) => {
      for (const name of ['none.json', 'spaced.json'])
        await expect(database.load(join(data, name))).rejects.toThrow(`${name} has no rows in it.`);
      expect(await database.tables()).toEqual([]);
    },
    {},
    { 'data/none.json': '[]', 'data/spaced.json': '[\n]\n' },
  ));

test('broken lines are told by the number that they have in the file', () =>
  withDatabase(
    async ({ database, data }) => {
      const { rejects } = await database.load(join(data, 'gaps.ndjson'));
      expect(rejects.map(({ line, text }) => [line, text])).toEqual([[4, 'not json']]);
    },
    {},
    { 'data/gaps.ndjson': '{"a": 1}\n\n{"a": 2}\nnot json\n{"a": 3}\n' },
  ));
