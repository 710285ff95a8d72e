import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type Connection, type ConnectionOptions, makeConnection } from './connection.js';
import { CommClient } from './CommClient.js';
import { Deadlines } from './Deadlines.js';
import { executionOf, type Exchange, type ExecuteOptions, type Execution } from './exchange.js';
import { KernelProcess } from './KernelProcess.js';
import { KernelSockets, type ReceiveChannel, type SendChannel } from './KernelSockets.js';
import { type Json, makeHeader, type Message, pack, unpack } from './messages.js';
import { ProtocolRules } from './ProtocolRules.js';
import { recordMessage } from './recordMessage.js';
import { noteMessages } from './trustNotes.js';

export type { Exchange, ExecuteOptions, Execution } from './exchange.js';
export type { Json, Message } from './messages.js';

export interface StartOptions extends ConnectionOptions {
  /** What follows `node`; `{connection_file}` stands for the path of the connection file. */
  readonly argv: readonly string[];
  /** Added to the environment of the test. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Milliseconds that anything awaited may take; 20,000 where absent. */
  readonly timeout?: number;
}

interface Pending {
  readonly messages: Message[];
  readonly options: ExecuteOptions;
  readonly expectsReply: boolean;
  reply: Message | null;
  idle: boolean;
  check(): void;
  fail(error: Error): void;
}

/**
 * A strict Jupyter front end over ZeroMQ: starts a kernel and fails on whatever the protocol forbids.
 *
 *     const kernel = await KernelClient.start({ argv: ['kernel/dist/main.js', '{connection_file}'] });
 *     const { status, stdout, result, outputs } = await kernel.execute('%%sql select 1');
 *     await kernel.shutdown();      // or kernel.close() after a test of another kind of end
 *
 * Every method rejects when a message broke a rule so far: a wrong signature, parent or shape, output before busy or
 * after idle, a second reply, a repeated msg_id. `shutdown` and `close` check once more.
 */
export class KernelClient {
  readonly process: KernelProcess;
  readonly connection: Connection;
  readonly session = randomUUID();
  /** All broadcast messages so far. */
  readonly broadcasts: Message[] = [];
  readonly #rules = new ProtocolRules(this.session);
  readonly #sockets: KernelSockets;
  readonly #pending = new Map<string, Pending>();
  readonly #watchers = new Set<(message: Message) => void>();
  readonly #timeout: number;
  readonly #deadlines = new Deadlines();
  #closed = false;

  private constructor(process: KernelProcess, connection: Connection, timeout: number) {
    this.process = process;
    this.connection = connection;
    this.#timeout = timeout;
    this.#sockets = new KernelSockets(connection, this.session, (channel, frames) => {
      this.#take(channel, frames);
    });
  }

  /** Starts a kernel; resolves when it has welcomed the subscriber and answered `kernel_info_request`. */
  static async start(options: StartOptions): Promise<KernelClient> {
    const connection = await makeConnection(options);
    const argv = options.argv.map((part) => part.replace('{connection_file}', connection.file));
    const env = { ...process.env, ...options.env };
    const child = new KernelProcess(argv, env, options.cwd ?? process.cwd());
    const client = new KernelClient(child, connection, options.timeout ?? 20_000);
    try {
      // What is published before the kernel knows of the subscription is lost, a busy or an idle too.
      await client.next((message) => message.type === 'iopub_welcome');
      await client.kernelInfo();
    } catch (error) {
      child.signal('SIGKILL');
      client.#release();
      throw error;
    }
    return client;
  }

  /** Runs a cell. Several may be sent without waiting; they queue in the kernel. */
  async execute(code: string, options: ExecuteOptions = {}): Promise<Execution> {
    const content = {
      code,
      silent: options.silent ?? false,
      store_history: options.storeHistory ?? true,
      user_expressions: options.userExpressions ?? {},
      allow_stdin: options.answer !== undefined,
      stop_on_error: options.stopOnError ?? true,
    };
    return executionOf(await this.request('execute_request', content, options));
  }

  /** The content of the reply. */
  async kernelInfo(channel: 'shell' | 'control' = 'shell'): Promise<Json> {
    return (await this.request('kernel_info_request', {}, { channel })).reply.content;
  }

  /** The reply's content; the cursor counts code points and stands at the end where absent. */
  async complete(code: string, cursor = Array.from(code).length): Promise<Json> {
    return (await this.request('complete_request', { code, cursor_pos: cursor })).reply.content;
  }

  async inspect(code: string, cursor = Array.from(code).length, detail: 0 | 1 = 0): Promise<Json> {
    const content = { code, cursor_pos: cursor, detail_level: detail };
    return (await this.request('inspect_request', content)).reply.content;
  }

  async isComplete(code: string): Promise<Json> {
    return (await this.request('is_complete_request', { code })).reply.content;
  }

  /** The entries; takes the request's content, `{ hist_access_type: 'tail', n: 10 }` for one. */
  async history(content: Json): Promise<unknown[]> {
    const request = { output: false, raw: true, ...content };
    return (await this.request('history_request', request)).reply.content.history as unknown[];
  }

  async interrupt(): Promise<void> {
    await this.request('interrupt_request', {}, { channel: 'control' });
  }

  /** Asks the kernel to end; resolves when the process has exited with 0 and no rule was broken. */
  async shutdown(restart = false): Promise<void> {
    const { reply } = await this.request('shutdown_request', { restart }, { channel: 'control' });
    const exit = await this.#within(this.process.exited, 'the exit after shutdown', this.#timeout);
    this.#release();
    if (exit.code !== 0)
      throw new Error(`The kernel exited with ${exit.code ?? exit.signal ?? ''}: ${this.process.stderr}`);
    if (reply.content.restart !== restart) throw new Error('shutdown_reply did not echo restart');
    this.#throwViolations();
  }

  /** Kills the kernel if it still runs, frees everything, and throws if a rule was broken. */
  async close(): Promise<void> {
    this.process.signal('SIGKILL');
    await this.process.exited;
    this.#release();
    this.#throwViolations();
  }

  /** Opens a comm. */
  async openComm(target: string, data: object = {}): Promise<CommClient> {
    const comm = new CommClient(this, target);
    await this.request('comm_open', { comm_id: comm.id, target_name: target, data });
    return comm;
  }

  /** The next broadcast message that fits, from now on. */
  next(fits: (message: Message) => boolean, timeout = this.#timeout): Promise<Message> {
    let watcher: ((message: Message) => void) | undefined;
    const found = new Promise<Message>((resolve) => {
      watcher = (message) => {
        if (fits(message)) resolve(message);
      };
      this.#watchers.add(watcher);
    });
    return this.#within(found, 'a broadcast message', timeout).finally(() => {
      if (watcher) this.#watchers.delete(watcher);
    });
  }

  /** Sends bytes to the heartbeat and gives what comes back. */
  beat(bytes: Uint8Array): Promise<Buffer> {
    return this.#within(this.#sockets.beat(bytes), 'the heartbeat', this.#timeout);
  }

  /** Sends frames as they are, outside all rules. */
  sendRaw(channel: SendChannel, frames: Uint8Array[]): void {
    this.#sockets.send(channel, frames);
  }

  /** Sends any request and resolves when it is answered and idle. Comm messages have no reply: theirs is the idle. */
  async request(
    type: string,
    content: object,
    options: ExecuteOptions & {
      channel?: 'shell' | 'control';
      buffers?: readonly Uint8Array[];
      expectsReply?: boolean;
    } = {},
  ): Promise<Exchange> {
    this.#throwViolations();
    const header = makeHeader(type, this.session, options.date);
    const expectsReply = options.expectsReply ?? type.endsWith('_request');
    this.#rules.sent(header, expectsReply);
    const exchange = new Promise<Exchange>((resolve, reject) => {
      const pending: Pending = {
        messages: [],
        options,
        expectsReply,
        reply: null,
        idle: false,
        check: () => {
          if (!pending.idle || (expectsReply && pending.reply === null)) return;
          const last = pending.messages.at(-1);
          const reply = pending.reply ?? last;
          if (reply) resolve({ reply, messages: pending.messages });
        },
        fail: reject,
      };
      this.#pending.set(header.msg_id, pending);
    });
    const { metadata = {}, buffers = [] } = options;
    this.#sockets.send(
      options.channel ?? 'shell',
      pack(this.connection.key, { header, metadata, content, buffers }),
    );
    try {
      return await this.#within(exchange, `the answer to ${type}`, options.timeout ?? this.#timeout);
    } finally {
      this.#pending.delete(header.msg_id);
      this.#throwViolations();
    }
  }

  #take(channel: ReceiveChannel, frames: Buffer[]): void {
    let message: Message;
    try {
      message = unpack(this.connection.key, frames);
    } catch (error) {
      this.#rules.violate(`${channel}: ${String(error)}`);
      return;
    }
    recordMessage(message);
    const pending = this.#pending.get(message.parent.msg_id ?? '');
    if (channel === 'iopub') this.#broadcast(message, pending);
    else if (channel === 'stdin') this.#question(message, pending);
    else {
      this.#rules.reply(message);
      if (pending) pending.reply = message;
    }
    pending?.check();
  }

  #broadcast(message: Message, pending: Pending | undefined): void {
    this.#rules.broadcast(message);
    this.broadcasts.push(message);
    pending?.messages.push(message);
    pending?.options.onMessage?.(message);
    if (pending && message.type === 'status') pending.idle = message.content.execution_state === 'idle';
    for (const watcher of this.#watchers) watcher(message);
  }

  #question(message: Message, pending: Pending | undefined): void {
    this.#rules.question(message);
    const answer = pending?.options.answer;
    if (answer === undefined) {
      this.#rules.violate('input_request came although input was not allowed');
      return;
    }
    const { prompt, password } = message.content as { prompt: string; password: boolean };
    void Promise.resolve(answer(prompt, password)).then((value) => {
      const header = makeHeader('input_reply', this.session);
      const reply = { header, parent: message.header, content: { value, status: 'ok' } };
      this.#sockets.send('stdin', pack(this.connection.key, reply));
    });
  }

  async #within<T>(promise: Promise<T>, what: string, timeout: number): Promise<T> {
    return this.#deadlines.within(promise, timeout, () => {
      const { exit, stderr } = this.process;
      const state = exit === null ? 'runs' : `exited with ${exit.code ?? exit.signal ?? ''}`;
      const rules = this.#rules.violations.join('; ');
      return new Error(`Waited ${timeout} ms for ${what}; the kernel ${state}. ${rules}\n${stderr}`);
    });
  }

  #throwViolations(): void {
    const { violations } = this.#rules;
    if (violations.length > 0) throw new Error(`The kernel broke the protocol: ${violations.join('; ')}`);
  }

  #release(): void {
    if (this.#closed) return;
    this.#closed = true;
    noteMessages(this.#rules.seen);
    this.#deadlines.lift();
    this.#sockets.close();
    rmSync(this.connection.folder, { recursive: true, force: true });
  }
}
