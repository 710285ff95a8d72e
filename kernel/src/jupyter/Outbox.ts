import { setImmediate, setTimeout } from 'node:timers/promises';
import { log, messageOf } from './log.js';

/** The part of a ZeroMQ socket that sends. */
export interface SendingSocket {
  send(frames: Uint8Array[]): Promise<void>;
}

/** Milliseconds between two tries to reach a peer. */
const RETRY = 20;

/**
 * The one send queue of a socket: ZeroMQ takes one send at a time, and refuses a second at once. What is said in one turn
 * of the event loop leaves at its end, so that work which was begun in it is under way before.
 */
export class Outbox {
  readonly #socket: SendingSocket;
  readonly #waiting: Uint8Array[][] = [];
  #sending: Promise<void> | null = null;

  readonly #patience: number;

  /** `patience`: milliseconds in which a peer that is not connected yet may still connect. */
  constructor(socket: SendingSocket, patience = 0) {
    this.#socket = socket;
    this.#patience = patience;
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
    await setImmediate();
    for (let frames = this.#waiting.shift(); frames !== undefined; frames = this.#waiting.shift()) {
      try {
        await this.#sendOne(frames);
      } catch (error) {
        log(`A message could not be sent: ${messageOf(error)}`);
      }
    }
    this.#sending = null;
  }

  async #sendOne(frames: Uint8Array[]): Promise<void> {
    for (let waited = 0; ; waited += RETRY) {
      try {
        await this.#socket.send(frames);
        return;
      } catch (error) {
        if (waited >= this.#patience || (error as { code?: unknown }).code !== 'EHOSTUNREACH') throw error;
        await setTimeout(RETRY);
      }
    }
  }
}
