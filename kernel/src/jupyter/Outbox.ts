import { log, messageOf } from './log.js';

/** The part of a ZeroMQ socket that sends. */
export interface SendingSocket {
  send(frames: Uint8Array[]): Promise<void>;
}

/** The one send queue of a socket: ZeroMQ takes one send at a time, and refuses a second at once. */
export class Outbox {
  readonly #socket: SendingSocket;
  readonly #waiting: Uint8Array[][] = [];
  #sending: Promise<void> | null = null;

  constructor(socket: SendingSocket) {
    this.#socket = socket;
  }

  send(frames: Uint8Array[]): void {
    this.#waiting.push(frames);
    this.#sending ??= this.#sendAll();
  }

  /** Resolves when the socket has taken everything. */
  async flushed(): Promise<void> {
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    for (let frames = this.#waiting.shift(); frames !== undefined; frames = this.#waiting.shift()) {
      try {
        await this.#socket.send(frames);
      } catch (error) {
        log(`A message could not be sent: ${messageOf(error)}`);
      }
    }
    this.#sending = null;
  }
}
