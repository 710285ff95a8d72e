import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Outbox } from './Outbox.js';

let sent: string[] = [];
const outbox = () =>
  new Outbox({
    send: ([frame]) => {
      sent.push(String(frame));
      return Promise.resolve();
    },
  });
const frames = (text: string) => [Buffer.from(text)];
beforeEach(() => {
  sent = [];
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('what is held leaves with the next that is not, in order, at the end of the turn', async () => {
  const box = outbox();
  box.hold(() => frames('busy'));
  box.hold(() => frames('input'));
  box.send(frames('idle'));
  expect(sent).toEqual([]);
  await jest.advanceTimersByTimeAsync(0);
  expect(sent).toEqual(['busy', 'input', 'idle']);
});

test('what is held leaves by itself where nothing follows', async () => {
  const box = outbox();
  box.hold(() => frames('busy'));
  await jest.advanceTimersByTimeAsync(4);
  expect(sent).toEqual([]);
  await jest.advanceTimersByTimeAsync(1);
  expect(sent).toEqual(['busy']);
  box.hold(() => frames('result'));
  await jest.advanceTimersByTimeAsync(5);
  expect(sent).toEqual(['busy', 'result']);
});

test('a flush sends at once what is held, and has nothing to wait for where nothing is', async () => {
  const box = outbox();
  await box.flushed();
  box.hold(() => frames('busy'));
  await box.flushed();
  expect(sent).toEqual(['busy']);
  box.send(frames('idle'));
  await box.flushed();
  expect(sent).toEqual(['busy', 'idle']);
});
