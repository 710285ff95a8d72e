import { expect, test } from '@jest/globals';
import { formatDuration } from './format.js';

test('a time that rounds up to the next unit is told in it: nothing takes 60.0 s, or 1 min 60 s', () => {
  const times = [12, 999.4, 999.6, 59_940, 59_960, 60_000, 119_600, 125_000];
  expect(times.map(formatDuration)).toEqual([
    ...['12 ms', '999 ms', '1.0 s', '59.9 s'],
    ...['1 min 0 s', '1 min 0 s', '2 min 0 s', '2 min 5 s'],
  ]);
});
