import { isDeepStrictEqual } from 'node:util';
import type { Header, Message } from './messages.js';
import { shapeProblems } from './messageShapes.js';

/** Sent whenever it suits the kernel, also after the idle of the request that opened the comm. */
const UNBOUND = new Set(['comm_msg', 'comm_close', 'iopub_welcome']);

interface Exchange {
  readonly header: Header;
  readonly expectsReply: boolean;
  busy: boolean;
  idle: boolean;
  replied: boolean;
}

/** Watches all messages of a kernel and notes whatever the protocol forbids. */
export class ProtocolRules {
  readonly violations: string[] = [];
  /** How many messages of each type were looked at. */
  readonly seen = new Map<string, number>();
  readonly #exchanges = new Map<string, Exchange>();
  readonly #ids = new Set<string>();
  readonly #client: string;
  #session: string | null = null;
  #starting = 0;

  /** Takes the session of the client; what belongs to other clients is not watched. */
  constructor(client: string) {
    this.#client = client;
  }

  /** Notes a request that is about to be sent. */
  sent(header: Header, expectsReply: boolean): void {
    this.#exchanges.set(header.msg_id, { header, expectsReply, busy: false, idle: false, replied: false });
  }

  /** Checks a message on the broadcast channel. */
  broadcast(message: Message): void {
    this.#any(message);
    if (message.type === 'status' && message.content.execution_state === 'starting') {
      this.#starting += 1;
      if (this.#starting > 1) this.violate('starting came twice');
      return;
    }
    if (message.type === 'iopub_welcome') return;
    const exchange = this.#exchangeOf(message);
    if (exchange === null) return;
    if (message.type === 'status') this.#status(exchange, message);
    else if (!exchange.busy) this.violate(`${message.type} came before busy`);
    else if (exchange.idle && !UNBOUND.has(message.type)) this.violate(`${message.type} came after idle`);
  }

  /** Checks a message on shell or control. */
  reply(message: Message): void {
    this.#any(message);
    const exchange = this.#exchangeOf(message);
    if (exchange === null) return;
    const expected = exchange.header.msg_type.replace(/_request$/, '_reply');
    if (message.type !== expected)
      this.violate(`${exchange.header.msg_type} was answered by ${message.type}`);
    if (exchange.replied) this.violate(`${message.type} came twice`);
    if (!exchange.expectsReply) this.violate(`${message.type} must not be sent`);
    exchange.replied = true;
  }

  /** Checks a message on stdin. */
  question(message: Message): void {
    this.#any(message);
    if (message.type !== 'input_request') this.violate(`${message.type} came on stdin`);
    const exchange = this.#exchangeOf(message);
    if (exchange?.idle === true) this.violate('input_request came after idle');
  }

  violate(what: string): void {
    this.violations.push(what);
  }

  #status(exchange: Exchange, message: Message): void {
    const type = exchange.header.msg_type;
    if (message.content.execution_state === 'busy') {
      // A running cell may be called busy again after another request's idle.
      if (exchange.busy && type !== 'execute_request') this.violate(`busy came twice for ${type}`);
      if (exchange.idle) this.violate(`busy came after idle for ${type}`);
      exchange.busy = true;
    } else {
      if (!exchange.busy) this.violate(`idle came before busy for ${type}`);
      if (exchange.idle) this.violate(`idle came twice for ${type}`);
      exchange.idle = true;
    }
  }

  #any(message: Message): void {
    this.seen.set(message.type, (this.seen.get(message.type) ?? 0) + 1);
    this.violations.push(...shapeProblems(message));
    const { msg_id: id, session } = message.header;
    if (this.#ids.has(id)) this.violate(`${message.type}: the msg_id ${id} was used before`);
    this.#ids.add(id);
    this.#session ??= session;
    if (session === this.#client) this.violate(`${message.type} has the client's session`);
    if (session !== this.#session) this.violate(`${message.type}: the session changed`);
  }

  #exchangeOf(message: Message): Exchange | null {
    const { parent } = message;
    const exchange = this.#exchanges.get(parent.msg_id ?? '');
    if (exchange === undefined) {
      const foreign = parent.session !== undefined && parent.session !== this.#client;
      if (!UNBOUND.has(message.type) && !foreign)
        this.violate(`${message.type} has the parent ${JSON.stringify(parent)}`);
      return null;
    }
    if (!isDeepStrictEqual(parent, exchange.header))
      this.violate(`${message.type}: the parent header was changed`);
    return exchange;
  }
}
