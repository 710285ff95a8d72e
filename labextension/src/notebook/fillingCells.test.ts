import { expect, test } from '@jest/globals';
import { TABLE_MIME } from '../../../kernel/src/contract.js';
import { fillingCells } from './fillingCells.js';
import type { StoredCell } from './storedCells.js';

const cell = (lines: number, more: Partial<StoredCell> = {}): StoredCell => ({
  id: 'cell',
  cell_type: 'code',
  source: Array.from({ length: lines }, (_, index) => `line ${index}`).join('\n'),
  metadata: {},
  ...more,
});
/** As high as 17 pixels a line and 22 around. */
const cells = Array.from({ length: 20 }, () => cell(4));

test.each([
  [0, 1],
  [90, 1],
  [91, 2],
  [900, 10],
  [9000, 20],
])('%d pixels are filled by %d of twenty cells of four lines', (height, count) => {
  expect(fillingCells(cells, height, false)).toBe(count);
});

test('outputs count with their lines, below the source or beside it', () => {
  const outputs = [
    { output_type: 'execute_result', data: { 'text/plain': 'a\nb\nc' } },
    { output_type: 'stream', text: ['d\n', 'e'] },
  ];
  const both = [cell(3, { outputs }), cell(3, { outputs })];
  expect(fillingCells(both, 22 + 17 * 8, false)).toBe(1);
  expect(fillingCells(both, 22 + 17 * 8, true)).toBe(2);
  expect(fillingCells(both, 22 + 17 * 5, true)).toBe(1);
});

test('a table is as high as its bar, its head and the rows that are in sight at least', () => {
  const page = (rows: number) => ({ [TABLE_MIME]: { rows: Array.from({ length: rows }, () => ['1']) } });
  const table = (rows: number) =>
    cell(1, { outputs: [{ output_type: 'execute_result', data: { 'text/plain': 'a', ...page(rows) } }] });
  expect(fillingCells([table(1), table(1)], 22 + 17 + 56 + 24, false)).toBe(1);
  expect(fillingCells([table(1), table(1)], 22 + 17 + 56 + 24 + 1, false)).toBe(2);
  expect(fillingCells([table(500), table(500)], 22 + 17 + 56 + 3 * 24 + 1, false)).toBe(2);
});

test('what is folded fills one line or none', () => {
  const outputs = [{ output_type: 'stream', text: 'a\nb\nc' }];
  const folded = [
    cell(3, { outputs, metadata: { jupyter: { source_hidden: true, outputs_hidden: true } } }),
    cell(3, { outputs, metadata: { collapsed: true } }),
    cell(1),
  ];
  expect(fillingCells(folded, 22 + 17, false)).toBe(1);
  expect(fillingCells(folded, 22 + 17 + 22 + 17 * 3, false)).toBe(2);
});

test('no cells fill nothing', () => {
  expect(fillingCells([], 900, false)).toBe(0);
});
