import { describe, expect, test } from '@jest/globals';
import { echoKernel } from '../support/withEcho.js';

const withKernel = echoKernel();

test('kernel_info on shell and control', () =>
  withKernel(async (kernel) => {
    for (const channel of ['shell', 'control'] as const) {
      const info = await kernel.kernelInfo(channel);
      expect(info).toMatchObject({ status: 'ok', protocol_version: '5.4', implementation: 'echo' });
      expect(info.supported_features ?? []).toEqual([]);
    }
  }));

test('everything but an execute is answered while a cell runs', () =>
  withKernel(async (kernel) => {
    const began = kernel.next((message) => message.type === 'execute_input');
    const running = kernel.execute('wait');
    await began;
    expect((await kernel.kernelInfo('shell')).status).toBe('ok');
    expect((await kernel.kernelInfo('control')).status).toBe('ok');
    expect((await kernel.complete('pri')).matches).toEqual(['print']);
    expect((await kernel.inspect('print')).found).toBe(true);
    expect((await kernel.isComplete('print')).status).toBe('complete');
    expect(await kernel.history({ hist_access_type: 'tail', n: 1 })).toHaveLength(1);
    const comm = await kernel.openComm('echo');
    await comm.send({ ping: 1 });
    expect(await comm.wait((data) => 'echo' in data)).toMatchObject({ echo: { ping: 1 } });
    // A front end that goes by the newest status alone still sees a busy kernel.
    const again = kernel.next((message) => message.parent.msg_type === 'execute_request');
    await kernel.kernelInfo();
    expect((await again).content).toEqual({ execution_state: 'busy' });
    await kernel.interrupt();
    expect((await running).status).toBe('error');
  }));

test('cursors count code points both ways, and matches carry types', () =>
  withKernel(async (kernel) => {
    const reply = await kernel.complete('🦆🦆 pri', 6);
    expect(reply).toMatchObject({ matches: ['print'], cursor_start: 3, cursor_end: 6 });
    expect(reply.metadata).toEqual({
      _jupyter_types_experimental: [
        { start: 3, end: 6, text: 'print', type: 'function', signature: '(text)' },
      ],
    });
  }));

test('a cursor beyond the code stands at its end', () =>
  withKernel(async (kernel) => {
    expect((await kernel.complete('pri', 99)).cursor_end).toBe(3);
  }));

test('inspect of the unknown is found: false', () =>
  withKernel(async (kernel) => {
    expect(await kernel.inspect('nope')).toEqual({ status: 'ok', found: false, data: {}, metadata: {} });
  }));

test('is_complete', () =>
  withKernel(async (kernel) => {
    expect(await kernel.isComplete('print \\')).toEqual({ status: 'incomplete', indent: '  ' });
    expect(await kernel.isComplete('print')).toEqual({ status: 'complete' });
    const { reply } = await kernel.request('is_complete_request', {});
    expect(reply.content).toEqual({ status: 'unknown' });
  }));

test('history by tail, range and search, with and without output', () =>
  withKernel(async (kernel) => {
    for (const word of ['a', 'b', 'c']) await kernel.execute(`print ${word}`);
    const history = (access: string, more: object = {}) =>
      kernel.history({ hist_access_type: access, ...more });
    expect(await history('tail', { n: 2 })).toEqual([
      [1, 2, 'print b'],
      [1, 3, 'print c'],
    ]);
    expect(await history('range', { session: 0, start: 1, stop: 2 })).toEqual([[1, 1, 'print a']]);
    expect(await history('search', { pattern: '*b*', output: true })).toEqual([[1, 2, ['print b', null]]]);
  }));

test('connect_request gives the ports', () =>
  withKernel(async (kernel) => {
    const { reply } = await kernel.request('connect_request', {});
    expect(kernel.connection.address('shell')).toContain(String(reply.content.shell_port));
  }));

test('an unknown request gets busy and idle and no reply', () =>
  withKernel(async (kernel) => {
    const { messages } = await kernel.request('debug_request', { command: 'x' }, { expectsReply: false });
    expect(messages.map((message) => message.content.execution_state)).toEqual(['busy', 'idle']);
    await kernel.request('create_subshell_request', {}, { channel: 'control', expectsReply: false });
  }));

test('unknown fields are tolerated', () =>
  withKernel(async (kernel) => {
    const { reply } = await kernel.request('is_complete_request', {
      code: 'x',
      subshell_id: null,
      extra: [1],
    });
    expect(reply.content.status).toBe('complete');
  }));

describe('content of the wrong shape is answered by an error', () => {
  test.each([
    ['execute_request', {}],
    ['execute_request', { code: 7 }],
    ['execute_request', { code: 'x', silent: 'yes' }],
    ['execute_request', { code: 'x', user_expressions: [1] }],
    ['complete_request', { code: 'x', cursor_pos: 'end' }],
    ['inspect_request', { cursor_pos: 1 }],
    ['history_request', { hist_access_type: 'all' }],
    ['shutdown_request', { restart: 1 }],
  ])('%s %j', (type, content) =>
    withKernel(async (kernel) => {
      const { reply } = await kernel.request(type, content);
      expect(reply.content).toMatchObject({ status: 'error', ename: 'BadRequestError' });
      expect((await kernel.execute('print on')).stdout).toBe('on\n');
    }),
  );
});

test('the heartbeat echoes, also while a cell runs', () =>
  withKernel(async (kernel) => {
    const running = kernel.execute('wait');
    for (const bytes of [Buffer.from('ping'), Buffer.alloc(0), Buffer.alloc(100_000, 7)]) {
      expect((await kernel.beat(bytes)).equals(bytes)).toBe(true);
    }
    await kernel.interrupt();
    await running;
  }));
