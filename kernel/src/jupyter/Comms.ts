import type { Comm, CommHandler, Engine } from './engine.js';
import type { IoPub } from './IoPub.js';
import { messageOf } from '../messageOf.js';
import { log } from './log.js';
import type { Incoming, Parent } from './message.js';

interface OpenComm {
  readonly target: string;
  handler: CommHandler | null;
}

/** The comms that front ends have opened. */
export class Comms {
  readonly #iopub: IoPub;
  readonly #open = new Map<string, OpenComm>();
  /** Set only during a synchronous call of a handler, so that what it sends at once names the request it answers. */
  #handling: Parent | null = null;

  constructor(iopub: IoPub) {
    this.#iopub = iopub;
  }

  /** Opens a comm; where the engine does not know the target, the front end is told that it is closed. */
  open(request: Incoming, engine: Engine): void {
    const { comm_id: id, target_name: target, data } = request.content;
    if (typeof id !== 'string' || typeof target !== 'string') {
      log('A comm_open without comm_id or target_name was dropped.');
      return;
    }
    if (this.#open.has(id)) {
      log(`A comm_open for the comm ${id}, which is open already, was dropped.`);
      return;
    }
    const entry: OpenComm = { target, handler: null };
    this.#open.set(id, entry);
    const comm = this.#comm(id, request.parent);
    this.#handle(request, () => {
      entry.handler = engine.openComm(target, comm, data);
    });
    if (entry.handler === null) comm.close();
  }

  message(request: Incoming): void {
    const handler = this.#handlerOf(request);
    this.#handle(request, () => handler?.message(request.content.data, request.buffers));
  }

  closed(request: Incoming): void {
    const handler = this.#handlerOf(request);
    this.#open.delete(String(request.content.comm_id));
    this.#handle(request, () => handler?.closed());
  }

  /** The open comms as `comm_info_reply` has them, of one target or of all. */
  list(target: string | undefined): Record<string, { target_name: string }> {
    const comms: Record<string, { target_name: string }> = {};
    for (const [id, entry] of this.#open) {
      if (target === undefined || target === entry.target) comms[id] = { target_name: entry.target };
    }
    return comms;
  }

  #handlerOf(request: Incoming): CommHandler | null {
    const { comm_id: id } = request.content;
    const handler = typeof id === 'string' ? this.#open.get(id)?.handler : undefined;
    if (handler === undefined) log(`A ${request.type} for a comm that is not open was dropped.`);
    return handler ?? null;
  }

  #handle(request: Incoming, act: () => void): void {
    this.#handling = request.parent;
    try {
      act();
    } catch (error) {
      log(`A comm handler failed on ${request.type}: ${messageOf(error)}`);
    } finally {
      this.#handling = null;
    }
  }

  #comm(id: string, opener: Parent): Comm {
    const publish = (type: string, data: unknown, buffers?: readonly Uint8Array[]) => {
      if (!this.#open.has(id)) return;
      const content = { comm_id: id, data: data ?? {} };
      this.#iopub.publish(type, content, this.#handling ?? opener, buffers);
    };
    return {
      id,
      send: (data, buffers) => {
        publish('comm_msg', data, buffers);
      },
      close: (data) => {
        publish('comm_close', data);
        this.#open.delete(id);
      },
    };
  }
}
