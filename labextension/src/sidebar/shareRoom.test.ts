import { expect, test } from '@jest/globals';
import { shareRoom } from './shareRoom.js';

test('sections get what they need, and the first one the rest', () => {
  expect(shareRoom(800, [120, 90, 60])).toEqual([530, 120, 90, 60]);
});

test('one that needs little leaves its room to those that need more', () => {
  const [first, ...others] = shareRoom(1000, [70, 900, 70]);
  expect(first).toBeCloseTo(450);
  expect(others).toEqual([70, 410, 70]);
});

test('where all need much, all have the same; the first one keeps its part', () => {
  const shares = shareRoom(1000, [900, 900, 900]);
  expect(shares.map(Math.round)).toEqual([450, 183, 183, 183]);
});

test('an empty section is high enough for its words', () => {
  expect(shareRoom(800, [0, 0, 0])).toEqual([620, 60, 60, 60]);
});
