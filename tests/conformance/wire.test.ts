import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as zmq from 'zeromq';
import { makeHeader, pack, unpack } from '../support/messages.js';
import { echoKernel } from '../support/withEcho.js';

const withKernel = echoKernel();

test('the kernelspec asks for messages to interrupt, offers CURVE, and claims no registration handshake', () => {
  const spec = JSON.parse(readFileSync('kernelspec/kernel.json', 'utf8')) as Record<string, unknown>;
  expect(spec['interrupt_mode']).toBe('message');
  expect(spec['metadata']).toMatchObject({ supported_encryption: ['curve'] });
  expect(spec).not.toHaveProperty('kernel_protocol_version');
});

test('the session is one id for the life of the process, and each message has a fresh id', () =>
  withKernel(async (kernel) => {
    for (const code of ['print a', 'fail b', 'show - c']) await kernel.execute(code);
    await kernel.complete('pr');
    const sessions = new Set(kernel.broadcasts.map(({ header }) => header.session));
    expect(sessions.size).toBe(1);
    expect([...sessions][0]).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(sessions).not.toContain(kernel.session);
    const ids = kernel.broadcasts.map(({ header }) => header.msg_id);
    expect(new Set(ids).size).toBe(ids.length);
  }));

test('the parent header is the header of the request, word for word, with fields that nobody knows', () =>
  withKernel(async (kernel) => {
    const socket = new zmq.Dealer({ linger: 0 });
    socket.connect(kernel.connection.address('shell'));
    const header = { ...makeHeader('kernel_info_request', 'other'), subshell_id: null, zażółć: [1, 'ä'] };
    await socket.send(pack(kernel.connection.key, { header, content: {} }));
    expect(unpack(kernel.connection.key, await socket.receive()).parent).toEqual(header);
    socket.close();
  }));

test('a question goes to the client that ran the cell, on its identity of shell, and to no other', () =>
  withKernel(async (kernel) => {
    const open = (channel: 'shell' | 'stdin', routingId: string) => {
      const socket = new zmq.Dealer({ linger: 0, routingId });
      socket.connect(kernel.connection.address(channel));
      return socket;
    };
    const { key } = kernel.connection;
    const [shell, stdin, other] = [open('shell', 'asked'), open('stdin', 'asked'), open('stdin', 'other')];
    const header = makeHeader('execute_request', 'asked');
    const content = { code: 'ask name', allow_stdin: true };
    await shell.send(pack(key, { header, content }));
    const question = unpack(key, await stdin.receive());
    expect(question).toMatchObject({ type: 'input_request', content: { prompt: 'name' }, parent: header });
    const reply = { header: makeHeader('input_reply', 'asked'), parent: question.header };
    await stdin.send(pack(key, { ...reply, content: { value: 'Ada', status: 'ok' } }));
    expect(unpack(key, await shell.receive())).toMatchObject({ type: 'execute_reply', parent: header });
    expect(other.readable).toBe(false);
    for (const socket of [shell, stdin, other]) socket.close();
  }));

test('subshells are not advertised', () =>
  withKernel(async (kernel) => {
    const info = await kernel.kernelInfo();
    expect((info['supported_features'] as string[] | undefined) ?? []).not.toContain('kernel subshells');
    expect(info['protocol_version']).toBe('5.4');
  }));

test('a reply tells when its cell started', () =>
  withKernel(async (kernel) => {
    const { reply } = await kernel.execute('print a', { metadata: { cellId: 'c', recordTiming: true } });
    expect(Date.parse(String(reply.metadata['started']))).not.toBeNaN();
  }));

test('a subscriber that never reads does not keep the kernel from ending', () =>
  withKernel(async (kernel) => {
    const subscriber = new zmq.Subscriber({ linger: 0, receiveHighWaterMark: 1 });
    subscriber.connect(kernel.connection.address('iopub'));
    subscriber.subscribe();
    await subscriber.receive();
    for (let n = 0; n < 20; n += 1) await kernel.execute('long 1000000');
    await kernel.shutdown();
    subscriber.close();
  }));
