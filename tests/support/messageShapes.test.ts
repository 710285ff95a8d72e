import { describe, expect, test } from '@jest/globals';
import type { Message } from './messages.js';
import { makeHeader } from './messages.js';
import { shapeProblems } from './messageShapes.js';

const bundle = { data: { 'text/plain': 'x' }, metadata: {} };
const error = { ename: 'E', evalue: 'v', traceback: ['t'] };
const ports = { shell_port: 1, iopub_port: 2, stdin_port: 3, hb_port: 4, control_port: 5 };
const language = { name: 'l', version: '1', mimetype: 'text/plain', file_extension: '.l' };

/** A right message of each type that a kernel may send. */
const RIGHT: Readonly<Record<string, Record<string, unknown>>> = {
  status: { execution_state: 'busy' },
  iopub_welcome: { subscription: '' },
  execute_input: { code: '', execution_count: 1 },
  stream: { name: 'stdout', text: 'x' },
  display_data: { ...bundle, transient: {} },
  update_display_data: { ...bundle, transient: { display_id: 'd' } },
  execute_result: { ...bundle, transient: {}, execution_count: 1 },
  error,
  clear_output: { wait: true },
  comm_msg: { comm_id: 'c', data: {} },
  comm_close: { comm_id: 'c', data: {} },
  input_request: { prompt: '', password: false },
  kernel_info_reply: {
    ...{ status: 'ok', protocol_version: '5.4', implementation: 'i', implementation_version: '1' },
    ...{ banner: '', help_links: [{ text: 't', url: 'u' }], language_info: language },
  },
  execute_reply: {
    ...{ status: 'ok', execution_count: 1, payload: [{ source: 'page' }] },
    user_expressions: { a: { status: 'ok', ...bundle }, b: { status: 'error', ...error } },
  },
  complete_reply: { status: 'ok', matches: ['a'], cursor_start: 0, cursor_end: 1, metadata: {} },
  inspect_reply: { status: 'ok', found: true, ...bundle },
  is_complete_reply: { status: 'incomplete', indent: '' },
  history_reply: { status: 'ok', history: [[1, 2, 'a']] },
  comm_info_reply: { status: 'ok', comms: { c: { target_name: 't' } } },
  connect_reply: { status: 'ok', ...ports },
  interrupt_reply: { status: 'ok' },
  shutdown_reply: { status: 'ok', restart: false },
};

function problems(type: string, content: Record<string, unknown>, more: Partial<Message> = {}): string[] {
  const header = makeHeader(type, 'kernel');
  return shapeProblems({
    ...{ type, topic: [], header, parent: {}, metadata: {}, content, buffers: [] },
    ...more,
  });
}

describe.each(Object.entries(RIGHT))('%s', (type, content) => {
  test('is accepted as the protocol has it', () => {
    expect(problems(type, content)).toEqual([]);
  });

  test.each(Object.keys(content))('without %s it is refused', (field) => {
    expect(problems(type, without(content, field))).not.toEqual([]);
  });

  test.each(Object.keys(content))('with another kind of %s it is refused', (field) => {
    expect(problems(type, { ...content, [field]: 0.5 })).not.toEqual([]);
  });
});

test.each([
  ['a type that the protocol does not have', 'execute_replay', {}],
  ['an aborted reply to anything but an execute', 'inspect_reply', { status: 'aborted' }],
  ['an error without its traceback', 'complete_reply', { status: 'error', ename: 'E', evalue: 'v' }],
  ['an expression that neither succeeded nor failed', 'execute_reply', withExpression({ status: 'maybe' })],
  ['an expression without data', 'execute_reply', withExpression({ status: 'ok', metadata: {} })],
  ['a bundle with a name that is no type', 'display_data', { ...RIGHT['display_data'], data: { html: 'x' } }],
  ['transient data that is null', 'display_data', { ...RIGHT['display_data'], transient: null }],
])('%s is refused', (_what, type, content) => {
  expect(problems(type, content)).not.toEqual([]);
});

test.each(['msg_id', 'msg_type', 'session', 'username', 'date', 'version'])(
  'a header without %s is refused',
  (field) => {
    const header = without({ ...makeHeader('status', 'kernel') }, field) as never;
    expect(problems('status', { execution_state: 'idle' }, { header })).not.toEqual([]);
  },
);

test.each(['2026-01-01', '2026-01-01T00:00:00', 'yesterday'])('the date %s has no zone', (date) => {
  const header = { ...makeHeader('status', 'kernel'), date };
  expect(problems('status', { execution_state: 'idle' }, { header })).not.toEqual([]);
});

function withExpression(value: object): Record<string, unknown> {
  return { ...RIGHT['execute_reply'], user_expressions: { a: value } };
}

function without(record: Readonly<Record<string, unknown>>, field: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name !== field));
}
