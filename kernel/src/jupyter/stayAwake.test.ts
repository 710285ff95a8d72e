import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { stayAwake } from './stayAwake.js';

let now = 0;
beforeEach(() => {
  now = 0;
  jest.useFakeTimers();
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

/** Some turns of the event loop, each of that many milliseconds; gives whether another one comes without sleep. */
function turns(count: number, milliseconds: number): boolean {
  for (let turn = 0; turn < count; turn += 1) {
    now += milliseconds;
    jest.runOnlyPendingTimers();
  }
  return jest.getTimerCount() > 0;
}

test('it looks on until the cell is over', () => {
  const rest = stayAwake();
  expect(turns(20, 0.1)).toBe(true);
  rest();
  expect(turns(1, 0.1)).toBe(false);
});

test('it sleeps where a cell takes longer', () => {
  stayAwake();
  expect(turns(29, 0.1)).toBe(true);
  expect(turns(2, 0.1)).toBe(false);
});

test('it leaves the core to what else wants it', () => {
  stayAwake();
  expect(turns(1, 0.6)).toBe(false);
});
