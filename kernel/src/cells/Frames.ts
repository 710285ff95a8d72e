import type { Runtime } from './Runtime.js';

/**
 * DataFrames of Python that SQL has named: each is written as Parquet and shown to SQL under its name, again whenever
 * it is named, so that SQL never sees an old state of it.
 */
export class Frames {
  readonly #registered = new Map<string, string>();

  constructor(private readonly runtime: Runtime) {}

  /** Makes the frames that the SQL names visible to it, and takes away those that are no more; `isOther` names are none. */
  async offer(sql: string, isOther: (name: string) => boolean): Promise<void> {
    const { database } = this.runtime;
    const { tables, unknown } = await database.sources(sql);
    const named = new Set([...unknown, ...tables.filter((table) => this.#registered.has(table))]);
    for (const name of named) if (!isOther(name)) await this.#offerOne(name);
  }

  /** The frames are no longer what they were: the database or the variables were replaced. */
  async forget(): Promise<void> {
    const names = [...this.#registered.keys()];
    this.#registered.clear();
    for (const name of names) await this.runtime.database.unregisterFrame(name);
  }

  async #offerOne(name: string): Promise<void> {
    const { database } = this.runtime;
    const python = await this.runtime.python();
    const { absolute, relative } = await this.runtime.exchangeFile();
    const exported = await python.exportFrame(name, relative);
    if (exported === null) {
      if (this.#registered.delete(name)) await database.unregisterFrame(name);
      return;
    }
    if (this.#registered.get(name) === exported.fingerprint) return;
    await database.registerFrame(name, absolute);
    this.#registered.set(name, exported.fingerprint);
  }
}
