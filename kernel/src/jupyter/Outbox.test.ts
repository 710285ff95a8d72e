import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import * as zmq from 'zeromq';
import { Outbox } from './Outbox.js';

const FRAMES = 500;

test('a socket takes one send at a time, and an outbox sends all that it is given, in order', async () => {
  const [push, pull] = [new zmq.Push({ linger: 0 }), new zmq.Pull({ linger: 0 })];
  try {
    await pull.bind('tcp://127.0.0.1:*');
    const frames = Array.from({ length: FRAMES }, (_, n) => Buffer.from(String(n)));
    // Nobody is there yet, so it waits.
    const sent = push.send(frames);
    expect(() => void push.send(frames)).toThrow('busy');
    push.connect(pull.lastEndpoint ?? '');
    await sent;
    await pull.receive();
    const outbox = new Outbox(push);
    for (const frame of frames) outbox.send([frame]);
    const got: string[] = [];
    while (got.length < FRAMES) got.push(String((await pull.receive())[0]));
    await outbox.flushed();
    expect(got).toEqual(frames.map(String));
  } finally {
    push.close();
    pull.close();
  }
});

test('what cannot be sent does not keep back what follows', async () => {
  const got: string[] = [];
  const outbox = new Outbox({
    send: ([frame]) => {
      if (String(frame) === 'bad') return Promise.reject(new Error('no way'));
      got.push(String(frame));
      return Promise.resolve();
    },
  });
  for (const text of ['first', 'bad', 'last']) outbox.send([Buffer.from(text)]);
  await outbox.flushed();
  expect(got).toEqual(['first', 'last']);
});

test('nothing of the kernel runs in a worker thread: ending one that has a socket would end the process', () => {
  const root = join(import.meta.dirname, '../../..');
  const sources = ['kernel/src', 'sandbox/src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => join(root, folder, name)),
  );
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.filter((file) => readFileSync(file, 'utf8').includes('worker_threads'))).toEqual([]);
});
