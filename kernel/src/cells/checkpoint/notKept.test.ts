import { expect, test } from '@jest/globals';
import { linesOf } from './notKept.js';

test('a few are named, each with its reason', () => {
  const lost = [
    { name: 'a', reason: 'cannot pickle' },
    { name: 'b', reason: 'too large' },
  ];
  expect(linesOf('variable', lost)).toEqual([
    'The variable a cannot be kept in checkpoints: cannot pickle',
    'The variable b cannot be kept in checkpoints: too large',
  ]);
  expect(linesOf('file', lost.slice(0, 1))).toEqual(['The file a is not kept in checkpoints: cannot pickle']);
});

test('of many with one reason there is one line', () => {
  const lost = Array.from({ length: 102_517 }, (_, i) => ({
    name: `many/${i}`,
    reason: 'more than 100,000 files',
  }));
  expect(linesOf('file', lost)).toEqual([
    '102,517 files are not kept in checkpoints (many/0, many/1, many/2, …): more than 100,000 files',
  ]);
});

test('of many reasons there are not many lines', () => {
  const lost = Array.from({ length: 1000 }, (_, i) => ({ name: `v${i}`, reason: `reason ${i}` }));
  expect(linesOf('variable', lost)).toHaveLength(21);
  expect(linesOf('variable', lost).at(-1)).toBe('980 more lines like these are left out.');
  expect(linesOf('variable', lost.slice(0, 21)).at(-1)).toBe('1 more line like these is left out.');
});
