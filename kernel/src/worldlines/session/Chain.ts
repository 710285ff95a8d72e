/** A value that is replaced by steps which run one after the other, each given what the last one left. */
export class Chain<T> {
  #last: Promise<unknown> = Promise.resolve();

  constructor(private current: T) {}

  get value(): T {
    return this.current;
  }

  /** A step that fails leaves the value as it was. */
  async step(act: (before: T) => Promise<T>): Promise<T> {
    const before = this.#last;
    const mine = (async () => {
      await before.catch(() => undefined);
      this.current = await act(this.current);
      return this.current;
    })();
    this.#last = mine;
    return mine;
  }

  set(value: T): void {
    this.current = value;
  }

  /** Resolves when no step runs; never rejects. */
  async idle(): Promise<void> {
    await this.#last.catch(() => undefined);
  }
}
