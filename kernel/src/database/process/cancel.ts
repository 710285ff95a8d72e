import type { DuckDBConnection } from '@duckdb/node-api';
import { InterruptedError } from '../errors.js';

/** DuckDB forgets an interrupt that comes between two native calls, so it is given again until the call has ended. */
const REPEAT_MILLISECONDS = 25;

/** The cancellation of one call. */
export class Cancel {
  #cancelled = false;
  #stopWaiting: () => void = () => undefined;
  #repeat: NodeJS.Timeout | null = null;
  #connection: DuckDBConnection | null = null;

  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** The connection on which the call now works. */
  use(connection: DuckDBConnection): void {
    this.#connection = connection;
  }

  /** Runs what an interrupt must not end: a ROLLBACK that did would leave its transaction to whoever comes next. */
  async spare<T>(work: () => Promise<T>): Promise<T> {
    const connection = this.#connection;
    this.#connection = null;
    try {
      return await work();
    } finally {
      this.#connection = connection;
    }
  }

  interrupt(): void {
    if (this.cancelled) return;
    this.#cancelled = true;
    this.#stopWaiting();
    this.#connection?.interrupt();
    this.#repeat = setInterval(() => this.#connection?.interrupt(), REPEAT_MILLISECONDS);
  }

  /** Throws InterruptedError where the call was interrupted. */
  check(): void {
    if (this.cancelled) throw new InterruptedError();
  }

  /** Waits for something else, and no longer than until the call is interrupted. */
  async wait(for_: Promise<void>): Promise<void> {
    this.check();
    const stopped = new Promise<void>((resolve) => {
      this.#stopWaiting = resolve;
    });
    await Promise.race([for_, stopped]);
    this.check();
  }

  end(): void {
    if (this.#repeat) clearInterval(this.#repeat);
    this.#repeat = null;
    this.#connection = null;
  }
}
