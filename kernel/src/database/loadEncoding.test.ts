import { expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rowsOf, withDatabase } from './testing.js';

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
