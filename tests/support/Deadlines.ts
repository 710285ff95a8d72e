/** Until when each of what is awaited is to come. */
export class Deadlines {
  readonly #timers = new Set<NodeJS.Timeout>();

  /** Rejects with what `late` gives where a promise is not settled in time; `timeout` in milliseconds. */
  async within<T>(promise: Promise<T>, timeout: number, late: () => Error): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const passed = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(late());
      }, timeout);
      this.#timers.add(timer);
    });
    try {
      return await Promise.race([promise, passed]);
    } finally {
      clearTimeout(timer);
      if (timer !== undefined) this.#timers.delete(timer);
    }
  }

  /** Called at the end: what nobody awaits any more must not fail after its test. */
  lift(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
