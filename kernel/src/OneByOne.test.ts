import { EventEmitter, once } from 'node:events';
import { expect, test } from '@jest/globals';
import { OneByOne } from './OneByOne.js';

test('things happen in order, whatever becomes of those before; one that is given up while it waits is not done', async () => {
  const turns = new OneByOne();
  const gate = new EventEmitter();
  const done: string[] = [];
  const act = (name: string) => (): Promise<string> => {
    done.push(name);
    return Promise.resolve(name);
  };
  const failing = turns.next(async () => {
    await once(gate, 'open');
    done.push('first');
    throw new Error('failed');
  });
  const stop = new AbortController();
  const givenUp = turns.next(act('given up'), stop.signal);
  const last = turns.next(act('last'));
  stop.abort(new Error('stopped'));
  await expect(givenUp).rejects.toThrow('stopped');
  expect(done).toEqual([]);
  gate.emit('open');
  await expect(failing).rejects.toThrow('failed');
  expect(await last).toBe('last');
  expect(done).toEqual(['first', 'last']);
});
