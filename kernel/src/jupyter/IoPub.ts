import { type Encoder, NO_PARENT, type Parent } from './message.js';
import { Outbox, type SendingSocket } from './Outbox.js';
import type { StreamName } from './StreamBuffer.js';

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

  publish(type: string, content: object, parent: Parent, buffers?: readonly Uint8Array[]): void {
    this.#outbox.send(this.#frames(type, content, parent, buffers));
  }

  /** Publishes together with what follows it, or a moment later. */
  hold(type: string, content: object, parent: Parent): void {
    const frames = this.#frames(type, content, parent);
    this.#outbox.hold(() => frames);
  }

  /**
   * Publishes printed text as `hold` does. Its frames are made when they leave: the first part of a long text is on its way
   * while the next is encoded.
   */
  holdText(content: { name: StreamName; text: string }, parent: Parent): void {
    this.#outbox.hold(() => this.#frames('stream', content, parent));
  }

  /** Publishes what is said before a cell runs. Its frames are made at the end of this turn, when the cell is on its way. */
  announce(type: 'status' | 'execute_input', content: object, parent: Parent): void {
    let made: Uint8Array[] | null = null;
    const frames = (): Uint8Array[] => (made ??= this.#frames(type, content, parent));
    setImmediate(frames);
    this.#outbox.hold(frames);
  }

  /** Busy may leave with what comes of it; that it is over is said at once. */
  status(state: ExecutionState, parent: Parent): void {
    const content = { execution_state: state };
    if (state === 'busy') this.announce('status', content, parent);
    else this.publish('status', content, parent);
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

  /** Sends all that waits, and resolves when the socket has taken it. */
  flushed(): Promise<void> {
    return this.#outbox.flushed();
  }

  #frames(type: string, content: object, parent: Parent, buffers?: readonly Uint8Array[]): Uint8Array[] {
    const topic = Buffer.from(`kernel.${this.#encoder.session}.${type}`);
    return this.#encoder.encode({ type, content, parent, buffers }, [topic]).frames;
  }
}
