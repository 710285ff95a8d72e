import { unlessAborted } from './unlessAborted.js';

/** Things that happen one at a time, in the order in which they were asked for. */
export class OneByOne {
  #last: Promise<unknown> = Promise.resolve();

  /** Where the signal aborts before its turn has come, it is not done, and this rejects with the signal's reason. */
  async next<T>(act: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#last;
    const mine = unlessAborted(before, signal).then(act);
    this.#last = Promise.allSettled([before, mine]);
    return mine;
  }
}
