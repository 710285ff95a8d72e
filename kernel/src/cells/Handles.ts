import type { Runtime } from './Runtime.js';

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

  /** Makes the results that the SQL names visible to it. Throws ResultGoneError where one is held no more. */
  async offer(sql: string): Promise<void> {
    if (this.#results.size === 0) return;
    const { database } = this.runtime;
    const { unknown } = await database.sources(sql);
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
