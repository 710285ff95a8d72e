import { expect, test } from '@jest/globals';
import { formatBytes, formatCount, formatDuration } from './format.js';

test('a time that rounds up to the next unit is told in it: nothing takes 60.0 s, or 1 min 60 s', () => {
  const times = [12, 999.4, 999.6, 59_940, 59_960, 60_000, 119_600, 125_000];
  expect(times.map(formatDuration)).toEqual([
    ...['12 ms', '999 ms', '1.0 s', '59.9 s'],
    ...['1 min 0 s', '1 min 0 s', '2 min 0 s', '2 min 5 s'],
  ]);
});

test('so is a count: nobody uses 1000.0k tokens', () => {
  const counts = [0, 999, 1000, 12_345, 999_949, 999_950, 1_200_000, 2_345_600_000];
  expect(counts.map(formatCount)).toEqual([
    ...['0', '999', '1.0k', '12.3k', '999.9k', '1.0M', '1.2M', '2345.6M'],
  ]);
});

test('so is a size: nothing is 1000 KB, or 100.0 MB', () => {
  const sizes = [0, 999, 1000, 99_940, 99_960, 999_499, 999_500, 1_540_000, 999_600_000_000, 5e15];
  expect(sizes.map(formatBytes)).toEqual([
    ...['0 B', '999 B', '1.0 KB', '99.9 KB', '100 KB', '999 KB', '1.0 MB'],
    ...['1.5 MB', '1.0 TB', '5000 TB'],
  ]);
});
