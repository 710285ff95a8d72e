import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { StreamBuffer } from './StreamBuffer.js';

let sent: [string, string][] = [];
const buffer = () =>
  new StreamBuffer((name, text) => {
    sent.push([name, text]);
  });
beforeEach(() => {
  sent = [];
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('what is printed in parts leaves as one message, the next one 40 ms later', () => {
  const streams = buffer();
  streams.write('stdout', 'hello');
  streams.write('stdout', '\n');
  jest.advanceTimersByTime(5);
  expect(sent).toEqual([['stdout', 'hello\n']]);
  streams.write('stdout', 'more');
  jest.advanceTimersByTime(39);
  expect(sent).toHaveLength(1);
  jest.advanceTimersByTime(1);
  expect(sent).toHaveLength(2);
});

test('the order between the streams holds, up to eight pieces', () => {
  const streams = buffer();
  for (const [name, text] of [
    ['stdout', 'a'],
    ['stderr', 'b'],
    ['stdout', 'c'],
  ] as const) {
    streams.write(name, text);
  }
  streams.flush();
  expect(sent).toEqual([
    ['stdout', 'a'],
    ['stderr', 'b'],
    ['stdout', 'c'],
  ]);
});

test('beyond that, each stream keeps its own order', () => {
  const streams = buffer();
  for (let n = 0; n < 100; n += 1) streams.write(n % 2 === 0 ? 'stdout' : 'stderr', `${n} `);
  streams.flush();
  expect(sent).toHaveLength(8);
  const of = (wanted: string) =>
    sent
      .filter(([name]) => name === wanted)
      .map(([, text]) => text)
      .join('');
  expect(of('stdout').startsWith('0 2 4 ')).toBe(true);
  expect(of('stderr').endsWith('97 99 ')).toBe(true);
});

test('a long text is cut, but not within a character', () => {
  const streams = buffer();
  const text = `x${'🦆'.repeat(1_200_000)}`;
  streams.write('stdout', text);
  expect(sent.length).toBeGreaterThan(2);
  expect(sent.every(([, part]) => Buffer.from(part).toString() === part)).toBe(true);
  expect(sent.map(([, part]) => part).join('') === text).toBe(true);
});

test('nothing is sent for nothing', () => {
  const streams = buffer();
  streams.write('stdout', '');
  streams.flush();
  jest.runAllTimers();
  expect(sent).toEqual([]);
});
