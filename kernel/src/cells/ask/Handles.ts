import type { Sources } from '../../database/types.js';
import type { Runtime } from '../Runtime.js';

/**
 * Results of steps by their handles, such as `r3`: SQL that names one reads its held rows. They are written out when
 * they are first named.
 */
export class Handles {
  readonly #results = new Map<string, string>();
  readonly #written = new Set<string>();

  constructor(private readonly runtime: Runtime) {}

  has(name: string): boolean {
    return this.#results.has(name.toLowerCase());
  }

  /** From now on the handle means this result. */
  async keep(handle: string, result: string): Promise<void> {
    this.#results.set(handle, result);
    if (this.#written.delete(handle)) await this.runtime.database.unregisterFrame(handle);
  }

  get isEmpty(): boolean {
    return this.#results.size === 0;
  }

  /** Makes the results that SQL names visible to it. Throws ResultGoneError where one is held no more. */
  async offer({ unknown }: Sources): Promise<void> {
    const { database } = this.runtime;
    for (const name of unknown) {
      const handle = name.toLowerCase();
      const result = this.#results.get(handle);
      if (result === undefined || this.#written.has(handle)) continue;
      const { absolute } = await this.runtime.exchangeFile();
      await database.exportResult(result, absolute);
      await database.registerFrame(handle, absolute);
      this.#written.add(handle);
    }
  }

  /** The files behind the results were removed: they are written again when they are named. */
  async forget(): Promise<void> {
    const names = [...this.#written];
    this.#written.clear();
    for (const name of names) await this.runtime.database.unregisterFrame(name);
  }
}
