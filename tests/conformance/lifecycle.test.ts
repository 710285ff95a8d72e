import { expect, test } from '@jest/globals';
import * as zmq from 'zeromq';
import { makeHeader, pack, unpack } from '../support/messages.js';
import { echoKernel } from '../support/withEcho.js';

const withKernel = echoKernel();

test.each([true, false])('shutdown echoes restart: %s, and exits with 0', (restart) =>
  withKernel((kernel) => kernel.shutdown(restart)),
);

test('shutdown works on shell, too', () =>
  withKernel(async (kernel) => {
    await kernel.request('shutdown_request', { restart: false }, { channel: 'shell' });
    expect(await kernel.process.exited).toEqual({ code: 0, signal: null });
  }));

test('whatever was sent before the end is delivered, however much it is', () =>
  withKernel(async (kernel) => {
    const long = kernel.execute('long 25000000');
    await kernel.next((message) => message.type === 'execute_input');
    const [cell] = await Promise.all([
      long,
      kernel.request('shutdown_request', { restart: false }, { channel: 'control' }),
    ]);
    expect(cell.stdout).toHaveLength(25_000_000);
    expect(await kernel.process.exited).toEqual({ code: 0, signal: null });
  }));

test('shutdown ends what runs and aborts what waits', () =>
  withKernel(async (kernel) => {
    const began = kernel.next((message) => message.type === 'execute_input');
    const cells = ['wait', 'print no'].map((code) => kernel.execute(code));
    await began;
    await kernel.request('shutdown_request', { restart: false }, { channel: 'control' });
    expect((await Promise.all(cells)).map((cell) => cell.status)).toEqual(['error', 'aborted']);
    expect(await kernel.process.exited).toEqual({ code: 0, signal: null });
  }));

test.each(['SIGTERM', 'SIGHUP'] as const)('%s is a shutdown', (signal) =>
  withKernel(async (kernel) => {
    kernel.process.signal(signal);
    expect(await kernel.process.exited).toEqual({ code: 0, signal: null });
  }),
);

test.each(['message', 'SIGINT'])('interrupt by %s stops the cell and the kernel goes on', (by) =>
  withKernel(async (kernel) => {
    const began = kernel.next((message) => message.type === 'execute_input');
    const running = kernel.execute('wait');
    await began;
    if (by === 'SIGINT') kernel.process.signal('SIGINT');
    else await kernel.interrupt();
    expect((await running).reply.content.ename).toBe('KeyboardInterrupt');
    expect((await kernel.execute('print on')).stdout).toBe('on\n');
  }),
);

test('where nobody reads its log any more, the kernel goes on, and does not log that without end', () =>
  withKernel(async (kernel) => {
    kernel.process.deafen();
    expect((await kernel.execute('complain to nobody')).stdout).toBe('0 errors\n');
    await kernel.execute('unhandled nobody hears of it');
    expect((await kernel.execute('complain again')).stdout).toBe('0 errors\n');
  }));

test('an interrupt of an idle kernel does nothing', () =>
  withKernel(async (kernel) => {
    await kernel.interrupt();
    expect((await kernel.execute('print on')).stdout).toBe('on\n');
  }));

test('an engine that loads later answers all the same', () =>
  withKernel(
    async (kernel) => {
      expect((await kernel.execute('print on')).stdout).toBe('on\n');
    },
    { argv: ['lazy'] },
  ));

test('every subscriber is welcomed, under its own topic', () =>
  withKernel(async (kernel) => {
    for (const topic of ['', 'abc', '']) {
      const subscriber = new zmq.Subscriber({ linger: 0 });
      subscriber.connect(kernel.connection.address('iopub'));
      subscriber.subscribe(topic);
      const message = unpack(kernel.connection.key, await subscriber.receive());
      expect(message.type).toBe('iopub_welcome');
      expect(message.content).toEqual({ subscription: topic });
      expect(message.parent).toEqual({});
      subscriber.close();
    }
  }));

test('a client that comes back under its old identity is answered', () =>
  withKernel(async (kernel) => {
    for (let connection = 0; connection < 3; connection += 1) {
      const dealer = new zmq.Dealer({ linger: 0, routingId: 'the-same' });
      dealer.connect(kernel.connection.address('control'));
      const header = makeHeader('connect_request', 'another-session');
      await dealer.send(pack(kernel.connection.key, { header, content: {} }));
      const reply = unpack(kernel.connection.key, await dealer.receive());
      expect(reply.parent).toEqual(header);
      if (connection === 2) dealer.close();
      else
        setImmediate(() => {
          dealer.close();
        });
    }
  }));
