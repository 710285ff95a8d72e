import { expect, test } from '@jest/globals';
import type { CheckpointSummary } from '../../../kernel/src/contract.js';
import { titleOf } from './titleOf.js';

const checkpoint = (title: string, cellId: string | null = 'a'): CheckpointSummary => ({
  id: 'c',
  parent: null,
  worldline: 'w',
  kind: 'sql',
  title,
  status: 'ok',
  started: 0,
  ended: 0,
  executionCount: 1,
  cellId,
  bytes: null,
});

test('a question is its own title, and options stay', () => {
  expect(titleOf(checkpoint('Which month?'), () => null)).toBe('Which month?');
  expect(titleOf(checkpoint('%%sql df <<'), () => null)).toBe('df <<');
});

test('a bare magic gives way to the line after it while the notebook has the cell as it ran', () => {
  expect(titleOf(checkpoint('%%sql'), () => '%%sql\n\nselect 1')).toBe('select 1');
  expect(titleOf(checkpoint('%%sql'), () => null)).toBe('%%sql');
  expect(titleOf(checkpoint('%%sql'), () => 'changed')).toBe('%%sql');
  expect(titleOf(checkpoint('%%sql', null), () => '%%sql\nselect 1')).toBe('%%sql');
});
