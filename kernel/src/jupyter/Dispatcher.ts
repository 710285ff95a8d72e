import { errorContent } from './errorContent.js';
import type { ExecuteQueue } from './ExecuteQueue.js';
import { handlers } from './handlers/index.js';
import type { IoPub } from './IoPub.js';
import { type Encoder, decode, type Incoming } from './message.js';
import type { Outbox } from './Outbox.js';
import type { Reply, Request } from './request.js';
import type { Signer } from './Signer.js';
import type { Wire } from './Wire.js';

export interface DispatcherOptions {
  readonly signer: Signer;
  readonly encoder: Encoder;
  readonly iopub: IoPub;
  readonly queue: ExecuteQueue;
  readonly wire: Wire;
  /** Called each time an answer, with its busy and idle, is out. */
  answered(): void;
}

/** Brings each request to what answers it, between its busy and its idle. */
export class Dispatcher {
  readonly #options: DispatcherOptions;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Takes the frames of a shell or control message. Throws BadMessageError for what is no signed message. */
  take(frames: readonly Buffer[], outbox: Outbox): void {
    const request = this.#request(decode(frames, this.#options.signer), outbox);
    if (request.type === 'execute_request') this.#options.queue.add(request);
    else void this.#answer(request);
  }

  #request(message: Incoming, outbox: Outbox): Request {
    const type = message.type.replace(/_request$/, '_reply');
    const reply = (reply: Reply) => {
      const outgoing = { type, parent: message.parent, ...reply };
      // Its busy, and what was shown, go first.
      void this.#options.iopub.flushed();
      outbox.send(this.#options.encoder.encode(outgoing, message.identities).frames);
    };
    return { ...message, reply };
  }

  async #answer(request: Request): Promise<void> {
    const { iopub, queue, wire } = this.#options;
    iopub.status('busy', request.parent);
    try {
      const reply = await handlers.get(request.type)?.(request, wire);
      if (reply) request.reply(reply);
    } catch (error) {
      if (request.type.endsWith('_request')) {
        request.reply({ content: { status: 'error', ...errorContent(error) } });
      }
    }
    iopub.status('idle', request.parent);
    // Front ends that go by the last status alone would take the kernel for idle while a cell still runs.
    if (queue.running !== null) iopub.status('busy', queue.running.parent);
    this.#options.answered();
  }
}
