import type { Encoder, Incoming, Parent } from './message.js';
import { log } from './log.js';
import type { Outbox } from './Outbox.js';

/** Who is asked: the front end that sent the request. */
export interface Asked {
  readonly identities: readonly Buffer[];
  readonly parent: Parent;
}

interface Waiting {
  readonly id: string;
  readonly identities: readonly Buffer[];
  readonly answer: (value: string) => void;
}

/** Questions to the front end, one at a time. */
export class Stdin {
  readonly #outbox: Outbox;
  readonly #encoder: Encoder;
  #waiting: Waiting | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(outbox: Outbox, encoder: Encoder) {
    this.#outbox = outbox;
    this.#encoder = encoder;
  }

  /** Resolves with the line that the user gives; rejects with the signal's reason when it aborts first. */
  ask(asked: Asked, prompt: string, password: boolean, signal: AbortSignal): Promise<string> {
    const answer = this.#turn.then(() => this.#ask(asked, prompt, password, signal));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  /** Takes an `input_reply`. A reply to an earlier question, or of another front end, is dropped. */
  reply(message: Incoming): void {
    const waiting = this.#waiting;
    const value = message.content.value;
    if (message.type !== 'input_reply' || typeof value !== 'string') {
      log(`A ${message.type} without a value came in on stdin and was dropped.`);
    } else if (waiting === null || !this.#fits(message, waiting)) {
      log('An input_reply came in that answers no open question; it was dropped.');
    } else {
      waiting.answer(value);
    }
  }

  #fits(message: Incoming, waiting: Waiting): boolean {
    const ours = message.parentId.startsWith(`${this.#encoder.session}_`);
    if (ours && message.parentId !== waiting.id) return false;
    return Buffer.concat(message.identities).equals(Buffer.concat(waiting.identities));
  }

  #ask(asked: Asked, prompt: string, password: boolean, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const settle = (act: () => void) => {
        this.#waiting = null;
        signal.removeEventListener('abort', abort);
        act();
      };
      const abort = () => {
        settle(() => {
          reject(signal.reason as Error);
        });
      };
      const answer = (value: string) => {
        settle(() => {
          resolve(value);
        });
      };
      signal.addEventListener('abort', abort);
      const { id, frames } = this.#encoder.encode(
        { type: 'input_request', content: { prompt, password }, parent: asked.parent },
        asked.identities,
      );
      this.#waiting = { id, identities: asked.identities, answer };
      this.#outbox.send(frames);
    });
  }
}
