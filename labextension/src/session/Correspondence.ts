import type { FromKernel, RequestName, Requests, ToKernel } from '../../../kernel/src/contract.js';

/** A request that the kernel refused, in the kernel's own words. */
export class KernelRefusal extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/** The kernel went away before it answered: ask again once the panel says that it is connected. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  constructor() {
    super('The kernel went away before it answered. Try again when it is back.');
  }
}

export interface Listener {
  hello(hello: Extract<FromKernel, { type: 'hello' }>): void;
  event(event: Extract<FromKernel, { type: 'event' }>['event']): void;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Pairs requests with replies over one open comm, and hands on what comes unasked. */
export class Correspondence {
  readonly #pending = new Map<number, Pending>();
  #next = 1;
  #closed = false;

  constructor(
    private readonly send: (message: ToKernel) => void,
    private readonly listener: Listener,
  ) {}

  /** Rejects with KernelRefusal, or ConnectionLost when the comm closes first. */
  request<Name extends RequestName>(
    request: Name,
    params: Requests[Name]['params'],
  ): Promise<Requests[Name]['result']> {
    if (this.#closed) return Promise.reject(new ConnectionLost());
    const id = this.#next++;
    return new Promise<Requests[Name]['result']>((resolve, reject) => {
      this.#pending.set(id, {
        resolve: (result) => {
          resolve(result as Requests[Name]['result']);
        },
        reject,
      });
      this.send({ type: 'request', id, request, params } as ToKernel);
    });
  }

  receive(message: FromKernel): void {
    switch (message.type) {
      case 'hello':
        this.listener.hello(message);
        return;
      case 'event':
        this.listener.event(message.event);
        return;
      case 'reply':
        this.#settle(message);
    }
  }

  close(): void {
    this.#closed = true;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const each of pending) each.reject(new ConnectionLost());
  }

  #settle(reply: Extract<FromKernel, { type: 'reply' }>): void {
    const pending = this.#pending.get(reply.id);
    if (!pending) return;
    this.#pending.delete(reply.id);
    if (reply.ok) pending.resolve(reply.result);
    else pending.reject(new KernelRefusal(reply.error.name, reply.error.message));
  }
}
