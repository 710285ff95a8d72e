import { expect, test } from '@jest/globals';
import { makeHeader, pack } from '../support/messages.js';
import { echoKernel } from '../support/withEcho.js';

const withKernel = echoKernel();

test('a cell asks, the front end answers', () =>
  withKernel(async (kernel) => {
    const asked: [string, boolean][] = [];
    const { stdout } = await kernel.execute('print before; ask name; ask password', {
      answer: (prompt, password) => {
        asked.push([prompt, password]);
        return prompt === 'name' ? 'Ada' : 'geheim';
      },
    });
    expect(asked).toEqual([
      ['name', false],
      ['password', true],
    ]);
    expect(stdout).toBe('before\nyou said Ada\nyou said geheim\n');
  }));

test('where input is not allowed the cell fails at once and nothing is asked', () =>
  withKernel(async (kernel) => {
    const { reply } = await kernel.execute('ask name');
    expect(reply.content.ename).toBe('StdinNotAllowedError');
  }));

test('an interrupt ends the wait for an answer', () =>
  withKernel(async (kernel) => {
    const { reply } = await kernel.execute('ask name', {
      answer: async () => {
        await kernel.interrupt();
        return 'too late';
      },
    });
    expect(reply.content).toMatchObject({ status: 'error', ename: 'KeyboardInterrupt' });
    expect((await kernel.execute('ask name', { answer: () => 'Bob' })).stdout).toBe('you said Bob\n');
  }));

test('answers to an earlier question, and answers without a value, are dropped', () =>
  withKernel(async (kernel) => {
    const send = (content: object, parent: object = {}) => {
      const header = makeHeader('input_reply', kernel.session);
      kernel.sendRaw('stdin', pack(kernel.connection.key, { header, parent, content }));
    };
    const earlier = kernel.broadcasts.at(-1)?.header;
    if (earlier === undefined) throw new Error('The kernel has sent nothing yet.');
    send({ value: 'early' }, earlier);
    const { stdout } = await kernel.execute('ask name', {
      answer: () => {
        send({ value: 7 });
        return 'right';
      },
    });
    expect(stdout).toBe('you said right\n');
  }));
