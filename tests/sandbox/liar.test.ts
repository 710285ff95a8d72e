import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import type { SandboxEvent } from '@worldline/sandbox';
import { packFrame } from '../../sandbox/src/channel/frames.js';
import { Runner } from '../../sandbox/src/channel/Runner.js';
import { parseLost, parseMatches, parseVariables } from '../../sandbox/src/session/replies.js';
import { runCell } from '../../sandbox/src/session/runCell.js';

const MB = 1024 * 1024;
const limits = { memory: 512 * MB, cpus: 1, pids: 128, tmpSize: 64 * MB, workspaceSize: 2048 * MB };

/** The engine's end of an attached stream, for a container in which nothing is as it should be. */
class Container extends Duplex {
  /** What the host wrote. */
  heard = '';

  override _read(): void {
    // Data is pushed as it comes.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.heard += chunk.toString('latin1');
    this.emit('heard');
    done();
  }

  say(bytes: Buffer): void {
    const header = Buffer.alloc(8);
    header.writeUInt8(1, 0);
    header.writeUInt32BE(bytes.length, 4);
    this.push(Buffer.concat([header, bytes]));
  }

  frame(header: { type: string } & Record<string, unknown>, payload: string | Buffer = ''): void {
    this.say(packFrame(header, Buffer.from(payload as string)));
  }
}

/** Runs a cell in which the container says what it likes. */
async function hear(speak: (container: Container) => void) {
  const container = new Container();
  const runner = new Runner(container);
  const events: SandboxEvent[] = [];
  const asked: string[] = [];
  const cell = runCell(
    runner,
    '1',
    {
      cell: 'Cell [1]',
      onEvent: (event) => events.push(event),
      sql: (query) => {
        asked.push(query);
        return new Promise(() => undefined);
      },
    },
    {
      workspace: '/tmp',
      limits,
      held: 0,
      removeContainer: () => undefined,
      exports: {
        exportFrame: () => Promise.resolve(null),
        exportValues: () => Promise.resolve({ missing: [] }),
      },
    },
  );
  if (container.heard === '') await once(container, 'heard');
  speak(container);
  const outcome = await cell;
  runner.end();
  return { ...outcome, events, asked };
}

const done = { type: 'done', id: 1, status: 'ok', milliseconds: 1 };

describe('a runner that does not keep to the protocol', () => {
  test.each<[string, (container: Container) => void]>([
    ['a stream that is none', (container) => container.push(Buffer.from('HTTP/1.1 500 Oh no\r\n'))],
    [
      'a frame larger than one may be',
      (container) => {
        container.say(Buffer.from('ffffffffffffffff', 'hex'));
      },
    ],
    [
      'a header that is not JSON',
      (container) => {
        container.say(Buffer.from('\0\0\0\x02\0\0\0\0{x'));
      },
    ],
    [
      'a header that is no object',
      (container) => {
        container.say(Buffer.from('\0\0\0\x02\0\0\0\0[]'));
      },
    ],
    [
      'a display that is not JSON',
      (container) => {
        container.frame({ type: 'display', id: 1 }, '{');
      },
    ],
    [
      'an end without a status',
      (container) => {
        container.frame({ type: 'done', id: 1 });
      },
    ],
    ['nothing, and goes', (container) => container.push(null)],
  ])('sends %s: the cell ends, and the connection with it', async (_what, speak) => {
    const { end } = await hear(speak);
    expect(end).toMatchObject({ type: 'gone', reason: expect.any(String) });
  });

  test('sends more than it may: what is shown is bounded', async () => {
    const { end, events, error } = await hear((container) => {
      for (let index = 0; index < 20; index++)
        container.frame({ type: 'stream', id: 1, name: 'stdout' }, Buffer.alloc(MB, 'x'));
      for (let index = 0; index < 3000; index++) container.frame({ type: 'result', id: 1 }, '{"data":[]}');
      for (let index = 0; index < 300; index++) container.frame({ type: 'notice', id: 1 }, 'n'.repeat(9000));
      const traceback = Array.from({ length: 5000 }, () => 'x'.repeat(10_000));
      const ename = 'E'.repeat(MB);
      container.frame({ type: 'error', id: 1 }, JSON.stringify({ ename, evalue: ename, traceback }));
      container.frame({ ...done, status: 'error' });
    });
    expect(end.type).toBe('done');
    const count = (type: string) => events.filter((event) => event.type === type).length;
    expect(count('stream')).toBe(16);
    expect(count('result')).toBe(2500);
    expect(count('notice')).toBe(100);
    expect(JSON.stringify(error).length).toBeLessThan(3 * MB);
  });

  test('speaks for other cells, and asks for more than is answered at a time', async () => {
    const { events, asked } = await hear((container) => {
      container.frame({ type: 'stream', id: 2, name: 'stdout' }, 'not mine');
      container.frame({ type: 'died', id: 1, cause: 'nonsense', code: 'x' });
      container.frame({ type: 'stream', id: 1, name: 'stdout' }, 'too late');
    });
    expect([events, asked]).toEqual([[], []]);
    const flood = await hear((container) => {
      for (let request = 0; request < 100; request++)
        container.frame({ type: 'request', id: 1, request, op: 'sql', query: 'select 1' });
      container.frame(done);
    });
    expect(flood.asked).toHaveLength(8);
  });

  test('answers with anything at all', () => {
    const odd = [null, 1, [], {}, { name: 1, text: {}, bytes: 'x', reason: null, shape: 'y'.repeat(9999) }];
    expect(parseVariables(odd)).toHaveLength(2);
    expect(parseVariables(odd)[1]).toMatchObject({ name: '', bytes: null });
    expect(parseVariables(odd)[1]?.shape).toHaveLength(2000);
    expect(parseLost('x')).toEqual([]);
    expect(parseMatches({ matches: odd, start: -1, end: 'x' }, 5)).toEqual({
      matches: [{ text: '' }, { text: '' }],
      start: 5,
      end: 5,
    });
  });
});
