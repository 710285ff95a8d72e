import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { DisplayUpdates } from './DisplayUpdates.js';

let sent: string[] = [];
const updates = () =>
  new DisplayUpdates((display, id) => {
    sent.push(`${id}${String(display.data['text/plain'])}`);
  });
const show = (n: number) => ({ data: { 'text/plain': n } });
beforeEach(() => {
  sent = [];
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('the first goes at once, then the newest every 100 ms', () => {
  const display = updates();
  for (let n = 0; n < 50; n += 1) {
    display.update(show(n), 'a');
    jest.advanceTimersByTime(10);
  }
  expect(sent).toEqual(['a0', 'a9', 'a19', 'a29', 'a39', 'a49']);
});

test('each display has its own pace', () => {
  const display = updates();
  display.update(show(1), 'a');
  display.update(show(1), 'b');
  expect(sent).toEqual(['a1', 'b1']);
});

test('a flush sends what waits, and nothing twice', () => {
  const display = updates();
  for (const n of [1, 2, 3]) display.update(show(n), 'a');
  display.flush();
  jest.runAllTimers();
  expect(sent).toEqual(['a1', 'a3']);
});
