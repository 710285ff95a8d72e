import { type Encoder, NO_PARENT, type Parent } from './message.js';
import { Outbox, type SendingSocket } from './Outbox.js';

export type ExecutionState = 'starting' | 'busy' | 'idle';
const SUBSCRIBED = 1;

/** The broadcast channel: everything that all front ends see. */
export class IoPub {
  readonly #outbox: Outbox;
  readonly #encoder: Encoder;

  constructor(socket: SendingSocket, encoder: Encoder) {
    this.#outbox = new Outbox(socket);
    this.#encoder = encoder;
  }

  publish(
    type: string,
    content: object,
    parent: Parent,
    more?: { metadata?: object; buffers?: readonly Uint8Array[] },
  ): void {
    const topic = Buffer.from(`kernel.${this.#encoder.session}.${type}`);
    this.#outbox.send(this.#encoder.encode({ type, content, parent, ...more }, [topic]).frames);
  }

  status(state: ExecutionState, parent: Parent): void {
    this.publish('status', { execution_state: state }, parent);
  }

  /** Takes a subscription as an XPUB socket reports it, and welcomes the subscriber under its topic. */
  subscription(frames: readonly Buffer[]): void {
    const [frame] = frames;
    if (frame === undefined || frame[0] !== SUBSCRIBED) return;
    const topic = frame.subarray(1);
    const content = { subscription: topic.toString() };
    this.#outbox.send(
      this.#encoder.encode({ type: 'iopub_welcome', content, parent: NO_PARENT }, [topic]).frames,
    );
  }

  flushed(): Promise<void> {
    return this.#outbox.flushed();
  }
}
