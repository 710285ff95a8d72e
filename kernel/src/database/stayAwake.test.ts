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

/** Some turns of the event loop, each of that many milliseconds. */
function turns(count: number, milliseconds: number): void {
  for (let turn = 0; turn < count; turn += 1) {
    now += milliseconds;
    jest.runOnlyPendingTimers();
  }
}
/** Whether another turn comes without sleep. */
const isAwake = () => jest.getTimerCount() > 0;

test('it looks on until the statement is over', () => {
  const rest = stayAwake(0.5, 2);
  turns(20, 0.1);
  expect(isAwake()).toBe(true);
  rest();
  expect(isAwake()).toBe(false);
});

test('it sleeps where a statement takes longer', () => {
  stayAwake(0.5, 2);
  turns(29, 0.1);
  expect(isAwake()).toBe(true);
  turns(2, 0.1);
  expect(isAwake()).toBe(false);
});

test('it leaves the core to what else wants it', () => {
  stayAwake(0.5, 2);
  turns(1, 1.5);
  expect(isAwake()).toBe(false);
});

test.each([
  { load: 2, cores: 2 },
  { load: 0, cores: 1 },
])('with $cores cores and $load in use it sleeps at once', ({ load, cores }) => {
  stayAwake(load, cores);
  expect(isAwake()).toBe(false);
});
