import { expect, test } from '@jest/globals';
import { titleOf } from './titleOf.js';

test.each([
  ['%%sql select 1', 'select 1'],
  ['%%sql top << --limit 3', 'top << --limit 3'],
  ['%%python', '%%python'],
  ['%%sqlite x', '%%sqlite x'],
  ['Which month was the wettest?', 'Which month was the wettest?'],
  ['', ''],
])('%j reads %j', (title, words) => {
  expect(titleOf({ title })).toBe(words);
});
