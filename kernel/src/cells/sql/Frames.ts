import { rm } from 'node:fs/promises';
import { PythonError, type PythonExports } from '@worldline/sandbox';
import type { Sources } from '../../database/types.js';
import { UserError } from '../errors.js';
import type { Runtime } from '../Runtime.js';

/**
 * DataFrames of Python that SQL has named: each is written as Parquet and shown to SQL under its name, again whenever
 * it is named, so that SQL never sees an old state of it.
 */
export class Frames {
  readonly #registered = new Map<string, { readonly fingerprint: string; readonly file: string }>();

  constructor(private readonly runtime: Runtime) {}

  /** Whether SQL has a name from Python. */
  has(name: string): boolean {
    return this.#registered.has(name);
  }

  /**
   * Makes the frames that SQL names visible to it, and takes away those that are no more; `isOther` names are none.
   * `take` is how code that is running hands its frames over.
   */
  async offer(
    { tables, unknown }: Sources,
    isOther: (name: string) => boolean,
    take?: PythonExports,
  ): Promise<void> {
    const named = new Set([...unknown, ...tables.filter((table) => this.#registered.has(table))]);
    for (const name of named) if (!isOther(name)) await this.#offerOne(name, take);
  }

  /** The frames are no longer what they were: the database, the variables or the files were replaced. */
  async forget(): Promise<void> {
    const names = [...this.#registered.keys()];
    this.#registered.clear();
    for (const name of names) await this.runtime.database.unregisterFrame(name);
  }

  async #offerOne(name: string, take: PythonExports | undefined): Promise<void> {
    const { database } = this.runtime;
    const { absolute, relative } = await this.runtime.exchangeFile();
    const exported = await this.#export(name, relative, take);
    const before = this.#registered.get(name);
    if (exported !== null && exported.fingerprint === before?.fingerprint) {
      await rm(absolute, { force: true });
      return;
    }
    if (exported !== null) {
      await database.registerFrame(name, absolute);
      this.#registered.set(name, { fingerprint: exported.fingerprint, file: absolute });
    } else if (this.#registered.delete(name)) await database.unregisterFrame(name);
    if (before) await rm(before.file, { force: true });
  }

  async #export(
    name: string,
    file: string,
    take: PythonExports | undefined,
  ): ReturnType<PythonExports['exportFrame']> {
    try {
      return await (take ?? (await this.runtime.python())).exportFrame(name, file);
    } catch (error) {
      if (!(error instanceof PythonError)) throw error;
      throw new UserError(
        'FrameError',
        `The DataFrame ${name} could not be given to SQL: ${error.message}`,
        'Give the column that it cannot take another type in Python, or leave it out.',
      );
    }
  }
}
