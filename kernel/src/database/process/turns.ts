/** One piece of work at a time, in the order in which they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  get busy(): boolean {
    return this.#waiting > 0;
  }

  /** Runs `work` when everything before it has ended. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    const done = await this.hold();
    try {
      return await work();
    } finally {
      done();
    }
  }

  /** Resolves when it is this caller's turn, which ends when the given function is called. */
  async hold(): Promise<() => void> {
    const before = this.#last;
    let done: () => void = () => undefined;
    this.#last = new Promise<void>((resolve) => {
      done = () => {
        this.#waiting -= 1;
        resolve();
      };
    });
    this.#waiting += 1;
    await before;
    return done;
  }
}
