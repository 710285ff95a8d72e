import { expect, test } from '@jest/globals';
import { tableDisplay } from './table.js';

test('a short value keeps its line in a wide table, and a long one breaks into few', () => {
  const values = ['1 byte 78', 'one-word', 'many words '.repeat(9), null];
  const columns = values.map((_, i) => ({ name: `c${i}`, type: 'VARCHAR', kind: 'text' as const }));
  const { data } = tableDisplay({ result: 'r', columns, rows: [values], offset: 0, total: 1 });
  const cells = [...String(data['text/html']).matchAll(/<td style="([^"]*)">/g)].map(([, style]) => style);
  expect(cells).toEqual([
    'text-align:left;white-space:nowrap',
    'text-align:left',
    'text-align:left;min-width:24em',
    'text-align:left',
  ]);
});

test('text alone tells NULL from the texts that look like it, or like nothing', () => {
  const columns = [{ name: 'v', type: 'VARCHAR', kind: 'text' as const }];
  const values = [null, 'NULL', '', '  ', "''", 'null', "it's", "'NULL'", 'x\n'];
  const rows = values.map((value) => [value]);
  const { data } = tableDisplay({ result: 'r', columns, rows, offset: 0, total: rows.length });
  const lines = String(data['text/plain']).split('\n').slice(3, -1);
  expect(lines).toEqual(['NULL', "'NULL'", "''", "'  '", "''''''", 'null', "it's", "'''NULL'''", 'x↵']);
});
