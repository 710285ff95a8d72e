import { expect, test } from '@jest/globals';
import type { CellRecord } from '../../../kernel/src/contract.js';
import { alignCells, pairTries } from './alignCells.js';

const cell = (
  source: string,
  kind: CellRecord['kind'] = 'sql',
  cellId: string | null = null,
): CellRecord => ({
  checkpoint: source,
  kind,
  source,
  cellId,
  executionCount: 1,
  status: 'ok',
  outputs: [],
});
const shown = (pairs: ReturnType<typeof alignCells>) =>
  pairs.map(({ a, b }) => [a?.source ?? '', b?.source ?? '']);

test('equal cells meet, a cell of one side only stands alone', () => {
  expect(shown(alignCells([cell('x'), cell('y'), cell('z')], [cell('x'), cell('z')]))).toEqual([
    ['x', 'x'],
    ['y', ''],
    ['z', 'z'],
  ]);
});

test('the same notebook cell with another source is the same cell', () => {
  expect(shown(alignCells([cell('x', 'sql', 'id')], [cell('x2', 'sql', 'id')]))).toEqual([['x', 'x2']]);
});

test('two tries of one kind share a row, but not across a common cell', () => {
  expect(shown(pairTries(alignCells([cell('try 1', 'ask')], [cell('try 2', 'ask')])))).toEqual([
    ['try 1', 'try 2'],
  ]);
  const apart = alignCells([cell('p'), cell('m')], [cell('m'), cell('q')]);
  expect(shown(pairTries(apart))).toEqual([
    ['p', ''],
    ['m', 'm'],
    ['', 'q'],
  ]);
});
