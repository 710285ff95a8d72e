import { afterEach, expect, test } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import * as zmq from 'zeromq';
import type { KernelClient } from '../support/KernelClient.js';
import { makeHeader, pack, signature, unpack } from '../support/messages.js';
import { residentMegabytes } from '../support/processes.js';
import { tried } from '../support/tries.js';
import { echoKernel } from '../support/withEcho.js';

/** The same on every run; change it to look elsewhere. */
const SEED = 20_260;
/** How many times as much is tried as in the suite. */
const FACTOR = Number(process.env['WORLDLINE_FUZZ'] ?? 1);
const withKernel = echoKernel();
const CHANNELS = ['shell', 'control', 'stdin'] as const;

/** A client of no rules, on all three channels. */
class Stranger {
  readonly sockets: Record<(typeof CHANNELS)[number], zmq.Dealer>;

  constructor(kernel: KernelClient, identity?: string) {
    const open = (channel: (typeof CHANNELS)[number]) => {
      const socket = new zmq.Dealer({
        linger: 0,
        ...(identity === undefined ? {} : { routingId: identity }),
      });
      socket.connect(kernel.connection.address(channel));
      return socket;
    };
    this.sockets = { shell: open('shell'), control: open('control'), stdin: open('stdin') };
    strangers.push(this);
  }

  close(): void {
    for (const socket of Object.values(this.sockets)) socket.close();
  }
}
let strangers: Stranger[] = [];
afterEach(() => {
  for (const stranger of strangers) stranger.close();
  strangers = [];
});

/** Sends a request and reads its answer: then the kernel has read all that the same socket sent before. */
async function answers(
  kernel: KernelClient,
  stranger: Stranger,
  channel: 'shell' | 'control',
): Promise<string> {
  const header = makeHeader('kernel_info_request', 'stranger');
  const socket = stranger.sockets[channel];
  await socket.send(pack(kernel.connection.key, { header, content: {} }));
  const frames = await socket.receive();
  return unpack(kernel.connection.key, frames).parent.msg_id === header.msg_id
    ? 'that request'
    : 'something else';
}

const frame = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.constant(Buffer.from('<IDS|MSG>')),
  fc.string().map((text) => Buffer.from(text)),
  fc.json().map((text) => Buffer.from(text)),
  fc.constant(Buffer.alloc(0)),
);

test('no reply to what is not signed, whatever it holds', () =>
  withKernel(async (kernel) => {
    const stranger = new Stranger(kernel);
    const frames = fc.array(frame, { minLength: 1, maxLength: 12 });
    const message = fc.tuple(fc.constantFrom(...CHANNELS), frames, fc.boolean());
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 30 }), async (messages) => {
        sent += messages.length;
        for (const [channel, parts, delimited] of messages) {
          const head = delimited ? [Buffer.from('<IDS|MSG>'), Buffer.alloc(64, 'a')] : [];
          await stranger.sockets[channel].send([...head, ...parts].map((part) => Buffer.from(part)));
        }
        expect(await answers(kernel, stranger, 'shell')).toBe('that request');
        expect(await answers(kernel, stranger, 'control')).toBe('that request');
      }),
      { seed: SEED, numRuns: 60 * FACTOR },
    );
    tried(sent);
    expect((await kernel.execute('print on')).stdout).toBe('on\n');
  }));

test('no reply to a message that was changed in any byte, or is sent twice', () =>
  withKernel(async (kernel) => {
    const stranger = new Stranger(kernel);
    const place = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat(), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(place, async ([index, at, flip]) => {
        const header = makeHeader('kernel_info_request', 'stranger');
        const frames = pack(kernel.connection.key, { header, content: { a: 1 } }).map((part) =>
          Buffer.from(part),
        );
        const part = frames[index];
        if (part === undefined) throw new Error('no such frame');
        const offset = at % part.length;
        part[offset] = (part[offset] ?? 0) ^ flip;
        await stranger.sockets.shell.send(frames);
        expect(await answers(kernel, stranger, 'shell')).toBe('that request');
      }),
      { seed: SEED, numRuns: 200 * FACTOR },
    );
    tried(200 * FACTOR);
    const header = makeHeader('kernel_info_request', 'stranger');
    const frames = pack(kernel.connection.key, { header, content: {} });
    for (let time = 0; time < 3; time += 1) await stranger.sockets.shell.send(frames);
    await stranger.sockets.shell.receive();
    expect(await answers(kernel, stranger, 'shell')).toBe('that request');
  }));

test('signed nonsense never stops the kernel', () =>
  withKernel(async (kernel) => {
    const stranger = new Stranger(kernel);
    const types = [
      ...[
        'execute',
        'complete',
        'inspect',
        'is_complete',
        'history',
        'comm_info',
        'connect',
        'interrupt',
      ].map((name) => `${name}_request`),
      'comm_open',
      'comm_msg',
      'comm_close',
      'input_reply',
      '',
      '__proto__',
      'constructor',
    ];
    const fields = [
      'code',
      'cursor_pos',
      'comm_id',
      'target_name',
      'hist_access_type',
      'user_expressions',
      'silent',
    ];
    const content = fc.oneof(
      fc.dictionary(fc.oneof(fc.constantFrom(...fields), fc.string()), fc.jsonValue({ maxDepth: 3 })),
      fc.jsonValue({ maxDepth: 3 }),
    );
    const header = fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...types).map((type) => makeHeader(type, 'stranger')) },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    );
    const message = fc.tuple(fc.constantFrom(...CHANNELS), header, fc.jsonValue({ maxDepth: 1 }), content);
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 20 }), async (messages) => {
        sent += messages.length;
        for (const [channel, head, metadata, body] of messages) {
          const parts = [head, {}, metadata, body].map((part) => JSON.stringify(part));
          const signed = ['<IDS|MSG>', signature(kernel.connection.key, parts), ...parts];
          await stranger.sockets[channel].send(signed);
        }
        expect((await kernel.kernelInfo('control')).status).toBe('ok');
      }),
      { seed: SEED, numRuns: 60 * FACTOR },
    );
    tried(sent);
    // Cells among the nonsense that still wait may fail, which aborts what waits behind them.
    const behind = await kernel.execute('print behind');
    expect(['ok', 'aborted']).toContain(behind.status);
    expect((await kernel.execute('print on')).stdout).toBe('on\n');
  }));

test('signed bytes that are no JSON, in any place, are dropped', () =>
  withKernel(async (kernel) => {
    const stranger = new Stranger(kernel);
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc
        .constantFrom('', '[', 'null', '1', '[]', '"x"', '{"a":', '\ufeff{}', '{}{}', '{"a":NaN}')
        .map((text) => Buffer.from(text)),
      fc.constant(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(0, 1, 2, 3), bytes, async (index, content) => {
        const parts = [makeHeader('kernel_info_request', 'stranger'), {}, {}, {}].map((part): Uint8Array =>
          Buffer.from(JSON.stringify(part)),
        );
        parts[index] = content;
        const signed = [
          Buffer.from('<IDS|MSG>'),
          Buffer.from(signature(kernel.connection.key, parts)),
          ...parts,
        ];
        await stranger.sockets.shell.send(signed.map((part) => Buffer.from(part)));
        expect(await answers(kernel, stranger, 'shell')).toBe('that request');
      }),
      { seed: SEED, numRuns: 150 * FACTOR },
    );
    tried(150 * FACTOR);
  }));

test('sizes: large frames, many frames, deep JSON', () =>
  withKernel(async (kernel) => {
    const stranger = new Stranger(kernel);
    const { shell } = stranger.sockets;
    await shell.send([Buffer.alloc(20_000_000, 'x')]);
    await shell.send(Array.from({ length: 20_000 }, () => Buffer.from('x')));
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
    const header = JSON.stringify(makeHeader('comm_msg', 'stranger'));
    for (const metadata of ['{}', deep]) {
      const parts = [header, '{}', metadata, deep];
      await shell.send(['<IDS|MSG>', signature(kernel.connection.key, parts), ...parts]);
    }
    const code = `print ${'x'.repeat(5_000_000)}`;
    expect((await kernel.execute(code)).stdout.length).toBe(5_000_001);
    expect(await answers(kernel, stranger, 'shell')).toBe('that request');
  }));

test('identities: peers that come, collide and leave in the middle of a request', () =>
  withKernel(async (kernel) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('one', 'two', kernel.session), fc.boolean()), { maxLength: 8 }),
        async (peers) => {
          for (const [identity, leave] of peers) {
            if (identity === kernel.session) continue;
            const stranger = new Stranger(kernel, identity);
            const header = makeHeader('execute_request', 'stranger');
            await stranger.sockets.shell.send(
              pack(kernel.connection.key, { header, content: { code: 'lines 50' } }),
            );
            await nextTurn();
            if (leave) stranger.close();
          }
          expect((await kernel.execute('print on')).stdout).toBe('on\n');
        },
      ),
      { seed: SEED, numRuns: 25 * FACTOR },
    );
    tried(25 * FACTOR);
  }));

test('the broadcast channel takes subscriptions only', () =>
  withKernel(async (kernel) => {
    const peer = new zmq.XSubscriber({ linger: 0 });
    peer.connect(kernel.connection.address('iopub'));
    for (const bytes of [[], [7], [1, 255, 254], [0], [1], [2, 1, 1]]) await peer.send(Buffer.from(bytes));
    await peer.receive();
    peer.close();
    expect((await kernel.execute('print on')).stdout).toBe('on\n');
  }));

test('memory stays flat however much is refused', () =>
  withKernel(async (kernel) => {
    const stranger = new Stranger(kernel);
    const refuse = async (count: number): Promise<number> => {
      for (let n = 0; n < count; n += 1) {
        const header = makeHeader('execute_request', 'stranger');
        const frames = pack('another key', { header, content: { code: 'x'.repeat(10_000) } });
        await stranger.sockets.shell.send(frames);
        if (n % 100 === 99) await answers(kernel, stranger, 'shell');
      }
      return residentMegabytes(kernel.process.pid);
    };
    const warm = await refuse(2000 * FACTOR);
    expect(await refuse(6000 * FACTOR)).toBeLessThan(warm + 40);
    tried(8000 * FACTOR);
  }));
