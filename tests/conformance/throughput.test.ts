import { expect, test } from '@jest/globals';
import * as zmq from 'zeromq';
import { unpack } from '../support/messages.js';
import { echoKernel } from '../support/withEcho.js';

const withKernel = echoKernel();
const LINES = 100_000;
const allLines = Array.from({ length: LINES }, (_, n) => `line ${n}\n`).join('');

test('100,000 printed lines arrive whole in few messages', () =>
  withKernel(async (kernel) => {
    const { stdout, outputs } = await kernel.execute(`lines ${LINES}`);
    expect(stdout === allLines).toBe(true);
    expect(outputs.length).toBeLessThan(100);
  }));

test(
  'one string of 50 MB arrives whole, and its memory is given back',
  () =>
    withKernel(
      async (kernel) => {
        const memory = async () => {
          const { result } = await kernel.execute('memory');
          return Number((result?.data as Record<string, string>)['text/plain']);
        };
        const length = 25_000_000;
        const after: number[] = [];
        for (let round = 0; round < 9; round += 1) {
          const { stdout } = await kernel.execute(`long ${length}`);
          expect(stdout.length).toBe(length);
          expect(/^ü*$/.test(stdout)).toBe(true);
          after.push(await memory());
        }
        // What is given back goes when the collector and ZeroMQ get to it: strings that were kept would be 300 MB by then.
        const most = Math.max(...after.slice(0, 3));
        expect(Math.min(...after.slice(-3))).toBeLessThan(most + 150_000_000);
      },
      { timeout: 60_000 },
    ),
  120_000,
);

test('a reader that reads late loses nothing', () =>
  withKernel(async (kernel) => {
    const late = new zmq.Subscriber({ linger: 0, receiveHighWaterMark: 1 });
    late.connect(kernel.connection.address('iopub'));
    late.subscribe();
    await kernel.next((message) => message.type === 'iopub_welcome');
    // Far more than the buffers of the connection take.
    const count = 1000;
    const text = 'x'.repeat(10_000);
    for (let n = 0; n < count; n += 100) {
      await Promise.all(Array.from({ length: 100 }, () => kernel.execute(`show - ${text}`)));
    }
    let shown = 0;
    for await (const frames of late) {
      const message = unpack(kernel.connection.key, frames);
      if (message.type === 'display_data') shown += 1;
      if (message.type === 'execute_input' && message.content.execution_count === count) break;
    }
    expect(shown).toBe(count - 1);
    late.close();
  }));
