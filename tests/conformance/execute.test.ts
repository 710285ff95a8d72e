import { describe, expect, test } from '@jest/globals';
import type { Message } from '../support/KernelClient.js';
import { echoKernel } from '../support/withEcho.js';

const withKernel = echoKernel();
const types = (messages: readonly Message[]) => messages.map((message) => message.type);
const texts = (messages: readonly Message[]) =>
  messages.map((message) => (message.content.data as Record<string, string>)['text/plain']);

describe('order', () => {
  test('busy, the input, the outputs in order, idle', () =>
    withKernel(async (kernel) => {
      const code = 'print a; warn b; show - picture; print c; clear; result 42';
      const { messages, reply } = await kernel.execute(code);
      expect(types(messages)).toEqual([
        'status',
        'execute_input',
        'stream',
        'stream',
        'display_data',
        'stream',
        'clear_output',
        'execute_result',
        'status',
      ]);
      expect(messages[1]?.content).toEqual({ code, execution_count: 1 });
      expect(messages[4]?.content).toEqual({
        data: { 'text/plain': 'picture' },
        metadata: {},
        transient: {},
      });
      expect(messages[7]?.content.execution_count).toBe(1);
      expect(reply.metadata.started).toMatch(/Z$/);
    }));

  test('empty code runs', () =>
    withKernel(async (kernel) => {
      expect((await kernel.execute('')).status).toBe('ok');
    }));

  test('cells sent together run one after the other, each under its own request', () =>
    withKernel(async (kernel) => {
      const runs = await Promise.all(['a', 'b', 'c'].map((word) => kernel.execute(`print ${word}`)));
      expect(runs.map((run) => run.stdout)).toEqual(['a\n', 'b\n', 'c\n']);
      expect(runs.map((run) => run.reply.content.execution_count)).toEqual([1, 2, 3]);
      const inputs = kernel.broadcasts.filter((message) => message.type === 'execute_input');
      expect(inputs.map((message) => message.content.code)).toEqual(['print a', 'print b', 'print c']);
    }));

  test('output that comes after its cell has ended lands nowhere', () =>
    withKernel(async (kernel) => {
      await kernel.execute('later lost');
      expect((await kernel.execute('nothing; print here')).stdout).toBe('here\n');
      expect(kernel.process.stderr).toContain('after its cell had ended');
    }));
});

describe('count and history', () => {
  test('silent leaves no trace and the count alone', () =>
    withKernel(async (kernel) => {
      await kernel.execute('print one');
      const silent = await kernel.execute('print hidden; result 1; fail quietly', { silent: true });
      expect(types(silent.messages)).toEqual(['status', 'status']);
      expect(silent.reply.content).toMatchObject({ status: 'error', execution_count: 1 });
      expect((await kernel.execute('print two')).reply.content.execution_count).toBe(2);
      expect(await kernel.history({ hist_access_type: 'tail', n: 10 })).toEqual([
        [1, 1, 'print one'],
        [1, 2, 'print two'],
      ]);
    }));

  test('without store_history the count stands still but output shows', () =>
    withKernel(async (kernel) => {
      await kernel.execute('print one');
      const aside = await kernel.execute('print aside', { storeHistory: false });
      expect(aside.stdout).toBe('aside\n');
      expect(aside.reply.content.execution_count).toBe(1);
      expect((await kernel.execute('')).reply.content.execution_count).toBe(2);
    }));
});

describe('errors', () => {
  test('one error message and a reply that says the same', () =>
    withKernel(async (kernel) => {
      const { outputs, reply } = await kernel.execute('print before; fail badly');
      expect(types(outputs)).toEqual(['stream', 'error']);
      const error = { ename: 'EchoError', evalue: 'badly', traceback: ['trace', 'badly'] };
      expect(outputs[1]?.content).toEqual(error);
      expect(reply.content).toMatchObject({ status: 'error', ...error });
    }));

  test.each([
    ['reject oops', 'TypeError', 'oops'],
    ['bigint', 'TypeError', 'BigInt'],
  ])('%s: what the engine throws becomes an error', (code, name, message) =>
    withKernel(async (kernel) => {
      const { reply } = await kernel.execute(code);
      expect(reply.content.ename).toBe(name);
      expect(reply.content.evalue).toContain(message);
      expect((await kernel.execute('print on')).stdout).toBe('on\n');
    }),
  );

  test('a rejection that nobody handles is logged and the kernel goes on', () =>
    withKernel(async (kernel) => {
      await kernel.execute('unhandled stray');
      expect((await kernel.execute('print on')).stdout).toBe('on\n');
      expect(kernel.process.stderr).toContain('stray');
    }));

  test('a failure aborts what is queued already, and nothing that comes later', () =>
    withKernel(async (kernel) => {
      const runs = ['wait', 'print second', 'print third'].map((code) => kernel.execute(code));
      // Its answer says that the kernel has read what was sent before.
      await kernel.kernelInfo();
      await kernel.interrupt();
      const [first, second, third] = await Promise.all(runs);
      expect([first?.status, second?.status, third?.status]).toEqual(['error', 'aborted', 'aborted']);
      expect(types(second?.messages ?? [])).toEqual(['status', 'status']);
      expect((await kernel.execute('print fourth')).stdout).toBe('fourth\n');
    }));

  test('hundreds of cells sent together with one that fails at once are all aborted', () =>
    withKernel(async (kernel) => {
      const date = new Date();
      const first = kernel.execute('fail first', { date });
      const others = Array.from({ length: 300 }, () => kernel.execute('print no', { date }));
      await first;
      const statuses = new Set((await Promise.all(others)).map((run) => run.status));
      expect([...statuses]).toEqual(['aborted']);
    }));

  test('a cell that was sent before the failure is aborted also when it comes after it, one sent later runs', () =>
    withKernel(async (kernel) => {
      const sent = new Date();
      const failed = await kernel.execute('fail first', { date: sent });
      expect(failed.status).toBe('error');
      const late = await kernel.execute('print late', { date: sent });
      expect(late.status).toBe('aborted');
      expect(types(late.messages)).toEqual(['status', 'status']);
      const minuteOn = new Date(sent.getTime() + 60_000);
      expect((await kernel.execute('print next', { date: minuteOn })).stdout).toBe('next\n');
    }));

  test('with stop_on_error false nothing is aborted', () =>
    withKernel(async (kernel) => {
      const first = kernel.execute('fail first', { stopOnError: false });
      const second = kernel.execute('print second');
      expect((await first).status).toBe('error');
      expect((await second).stdout).toBe('second\n');
    }));

  test('a silent failure aborts nothing', () =>
    withKernel(async (kernel) => {
      const first = kernel.execute('fail first', { silent: true });
      const second = kernel.execute('print second');
      await first;
      expect((await second).status).toBe('ok');
    }));
});

describe('streams and updates', () => {
  test('text gathers into few messages, whole and in order', () =>
    withKernel(async (kernel) => {
      const { stdout, outputs } = await kernel.execute('lines 5000');
      expect(stdout.split('\n')).toHaveLength(5001);
      expect(stdout.startsWith('line 0\nline 1\n')).toBe(true);
      expect(outputs.length).toBeLessThan(20);
    }));

  test('alternating streams stay few messages, each stream in order', () =>
    withKernel(async (kernel) => {
      const { stdout, stderr, outputs } = await kernel.execute('alternate 4000');
      expect(stdout.split('\n').slice(0, 3)).toEqual(['0', '2', '4']);
      expect(stderr.split('\n').slice(0, 3)).toEqual(['1', '3', '5']);
      expect(stdout.length + stderr.length).toBe(
        Array.from({ length: 4000 }, (_, n) => `${n}\n`).join('').length,
      );
      expect(outputs.length).toBeLessThan(100);
    }));

  test('updates are thinned out per display, and the last one is sent before idle', () =>
    withKernel(async (kernel) => {
      const { outputs } = await kernel.execute('show a start; show b start; updates a 500; updates b 3');
      const of = (id: string) =>
        outputs.filter((message) => (message.content.transient as { display_id?: string }).display_id === id);
      expect(texts(of('a')).at(-1)).toBe('500');
      expect(texts(of('b')).at(-1)).toBe('3');
      expect(of('a').length).toBeLessThan(10);
      expect(types(of('a'))[0]).toBe('display_data');
      expect(types(of('a'))[1]).toBe('update_display_data');
    }));

  test('a display shown again gives its newest state, not an older update', () =>
    withKernel(async (kernel) => {
      const { outputs } = await kernel.execute('show a start; updates a 5; show a again');
      expect(texts(outputs)).toEqual(['start', '1', '5', 'again']);
    }));
});

describe('replies', () => {
  test('user expressions succeed and fail alone', () =>
    withKernel(async (kernel) => {
      const userExpressions = { good: 'fine', wrong: 'bad' };
      const { reply } = await kernel.execute('', { userExpressions });
      expect(reply.content).toMatchObject({
        status: 'ok',
        user_expressions: { good: { status: 'ok' }, wrong: { status: 'error', ename: 'EchoError' } },
      });
    }));

  test('payloads: the next input and a page', () =>
    withKernel(async (kernel) => {
      const { reply } = await kernel.execute('next select 1; page manual');
      expect(reply.content.payload).toEqual([
        { source: 'set_next_input', text: 'select 1', replace: true },
        { source: 'page', data: { 'text/plain': 'manual' }, start: 0 },
      ]);
    }));

  test("the front end's cell id and deleted cells reach the engine", () =>
    withKernel(async (kernel) => {
      const metadata = { cellId: 'c3', deletedCells: ['c1', 'c2'], recordTiming: true };
      expect((await kernel.execute('', { metadata })).stdout).toBe('cell c3, deleted c1 c2\n');
    }));
});
