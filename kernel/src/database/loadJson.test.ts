import { expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rowsOf, withDatabase } from './testing.js';

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
