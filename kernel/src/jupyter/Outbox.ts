import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '../messageOf.js';
import { log } from './log.js';

/** The part of a ZeroMQ socket that sends. */
export interface SendingSocket {
  send(frames: Uint8Array[]): Promise<void>;
}

/** Milliseconds between two tries to reach a peer. */
const RETRY = 20;
/** Milliseconds that a message waits at most to leave together with what follows it. */
const HOLD = 5;

/**
 * The one send queue of a socket: ZeroMQ takes one send at a time, and refuses a second at once. What is sent in one turn
 * of the event loop leaves at its end, so that work which was begun in it is under way before.
 */
export class Outbox {
  readonly #socket: SendingSocket;
  readonly #waiting: (() => Uint8Array[])[] = [];
  #sending: Promise<void> | null = null;
  /** At the end of this turn, and when the first one that is held has waited long enough. */
  #turn: NodeJS.Immediate | null = null;
  #held: NodeJS.Timeout | null = null;

  readonly #patience: number;

  /** `patience`: milliseconds in which a peer that is not connected yet may still connect. */
  constructor(socket: SendingSocket, patience = 0) {
    this.#socket = socket;
    this.#patience = patience;
  }

  send(frames: Uint8Array[]): void {
    this.#waiting.push(() => frames);
    this.#turn ??= setImmediate(() => void this.flushed());
  }

  /**
   * Sends it together with what follows it, or a moment later: to wake the socket and its peer takes as long as a message,
   * and what a short cell runs in could use the time. So could what makes the frames, which is asked for them when they leave.
   */
  hold(frames: () => Uint8Array[]): void {
    this.#waiting.push(frames);
    this.#held ??= setTimeout(() => void this.flushed(), HOLD);
  }

  /** Sends all that waits, and resolves when the socket has taken it. */
  async flushed(): Promise<void> {
    if (this.#turn !== null) clearImmediate(this.#turn);
    if (this.#held !== null) clearTimeout(this.#held);
    this.#turn = this.#held = null;
    if (this.#waiting.length > 0) this.#sending ??= this.#sendAll();
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    for (let frames = this.#waiting.shift(); frames !== undefined; frames = this.#waiting.shift()) {
      try {
        await this.#sendOne(frames());
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
        await wait(RETRY);
      }
    }
  }
}
