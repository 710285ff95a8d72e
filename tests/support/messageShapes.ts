import type { Json, Message } from './messages.js';

type Check = (value: unknown, content: Json) => boolean;

const text: Check = (value) => typeof value === 'string';
const texts: Check = (value) => Array.isArray(value) && value.every((item) => typeof item === 'string');
const flag: Check = (value) => typeof value === 'boolean';
const count: Check = (value) => Number.isInteger(value) && (value as number) >= 0;
const object: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const bundle: Check = (value) =>
  object(value, {}) && Object.keys(value as Json).every((mime) => /^[\w.+-]+\/[\w.+-]+$/.test(mime));
const oneOf =
  (...values: unknown[]): Check =>
  (value) =>
    values.includes(value);
const error = { ename: text, evalue: text, traceback: texts };
const transient: Check = (value) =>
  object(value, {}) && ['undefined', 'string'].includes(typeof (value as Json).display_id);

/** A value for each name, each with these fields. */
const named =
  (...shapes: Readonly<Record<string, Check>>[]): Check =>
  (value) =>
    object(value, {}) &&
    Object.values(value as Json).every((entry) => shapes.some((shape) => fits(entry, shape)));
const fits = (value: unknown, shape: Readonly<Record<string, Check>>): boolean =>
  object(value, {}) &&
  Object.entries(shape).every(([name, check]) => check((value as Json)[name], value as Json));
const each =
  (shape: Readonly<Record<string, Check>>): Check =>
  (value) =>
    Array.isArray(value) && value.every((entry) => fits(entry, shape));

/** The fields that each message must have. */
export const SHAPES: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  status: { execution_state: oneOf('starting', 'busy', 'idle') },
  iopub_welcome: { subscription: text },
  execute_input: { code: text, execution_count: count },
  stream: { name: oneOf('stdout', 'stderr'), text: (value) => text(value, {}) && value !== '' },
  display_data: { data: bundle, metadata: object, transient },
  update_display_data: {
    data: bundle,
    metadata: object,
    transient: (value) => object(value, {}) && typeof (value as Json).display_id === 'string',
  },
  execute_result: { data: bundle, metadata: object, transient, execution_count: count },
  error,
  clear_output: { wait: flag },
  comm_msg: { comm_id: text, data: object },
  comm_close: { comm_id: text, data: object },
  input_request: { prompt: text, password: flag },
  kernel_info_reply: {
    protocol_version: (value) => typeof value === 'string' && /^5\.\d+$/.test(value),
    implementation: text,
    implementation_version: text,
    banner: text,
    help_links: each({ text, url: text }),
    language_info: (value) => {
      if (!object(value, {})) return false;
      const info = value as Json;
      const required = ['name', 'version', 'mimetype', 'file_extension'];
      const mode = ['undefined', 'string'].includes(typeof info.codemirror_mode);
      return mode && required.every((name) => typeof info[name] === 'string');
    },
  },
  execute_reply: {
    execution_count: count,
    payload: each({ source: text }),
    user_expressions: named(
      { status: oneOf('ok'), data: bundle, metadata: object },
      { status: oneOf('error'), ...error },
    ),
  },
  complete_reply: { matches: texts, cursor_start: count, cursor_end: count, metadata: object },
  inspect_reply: { found: flag, data: bundle, metadata: object },
  is_complete_reply: {
    status: oneOf('complete', 'incomplete', 'invalid', 'unknown'),
    indent: (value, content) => (content.status === 'incomplete' ? text(value, {}) : value === undefined),
  },
  history_reply: { history: (value) => Array.isArray(value) && value.every(isHistoryEntry) },
  comm_info_reply: { comms: named({ target_name: text }) },
  connect_reply: {
    shell_port: count,
    iopub_port: count,
    stdin_port: count,
    hb_port: count,
    control_port: count,
  },
  interrupt_reply: {},
  shutdown_reply: { restart: flag },
};

function isHistoryEntry(entry: unknown): boolean {
  if (!Array.isArray(entry) || entry.length !== 3) return false;
  const [session, line, input] = entry as unknown[];
  const pair = Array.isArray(input) && input.length === 2 && typeof input[0] === 'string';
  return Number.isInteger(session) && Number.isInteger(line) && (pair || typeof input === 'string');
}

/** What is wrong with the header and the content of a message; an empty list where nothing is. */
export function shapeProblems(message: Message): string[] {
  const problems: string[] = [];
  const { header, content, metadata } = message;
  for (const name of ['msg_id', 'msg_type', 'session', 'username', 'date', 'version'] as const) {
    if (typeof header[name] !== 'string') problems.push(`header.${name} is not text`);
  }
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(header.date)) {
    problems.push(`header.date ${header.date} is not ISO 8601 with a zone`);
  }
  if (!object(metadata, {})) problems.push('metadata is not an object');
  const shape = shapeOf(message);
  if (shape === undefined) problems.push(`the type is not known`);
  for (const [name, check] of Object.entries(shape ?? {})) {
    if (!check(content[name], content)) problems.push(`content.${name} is ${JSON.stringify(content[name])}`);
  }
  return problems.map((problem) => `${message.type}: ${problem}`);
}

function shapeOf(message: Message): Readonly<Record<string, Check>> | undefined {
  const { type, content } = message;
  const shape = SHAPES[type];
  if (!type.endsWith('_reply') || type === 'is_complete_reply') return shape;
  if (content.status === 'error')
    return type === 'execute_reply' ? { ...error, execution_count: count } : error;
  if (content.status === 'aborted') return type === 'execute_reply' ? {} : { status: () => false };
  return shape && { ...shape, status: oneOf('ok') };
}
