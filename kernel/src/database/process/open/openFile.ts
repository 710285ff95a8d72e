import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { outgoing } from '../../paths/Destination.js';
import { quoteAlways } from '../../sql/quote.js';
import { Grants } from '../../paths/grants.js';
import type { Token } from '../../sql/scan.js';
import type { Readable } from '../../types.js';
import type { OpenState } from '../protocol.js';
import { Results } from '../results/results.js';
import { Absent } from './Absent.js';
import { AttachFailure } from './attach.js';
import { lostAttachments, unreachable } from './unreachable.js';
import { closeSession, openSession, type Session } from './session.js';
import { Spool } from '../results/spool.js';
import { keepTemporary, type KeptTemporary } from './temporary.js';
import { setTimeZone } from '../results/timeZone.js';
import { Turns } from '../turns.js';

/** The worldline's file, open: who may use it when, what it may read, and what outlasts its being opened again. */
export class OpenFile {
  readonly turns = new Turns();
  readonly results: Results;
  readonly #spool: Spool;
  readonly #grants: Grants;
  #state: OpenState;
  #session: Session | null = null;
  #opening: Promise<void> | null = null;
  readonly #looking = new Set<Promise<unknown>>();
  readonly absent = new Absent();

  private constructor(state: OpenState) {
    this.#state = state;
    this.#grants = new Grants(state.workspace, state.readable);
    this.#spool = new Spool(state.tempDirectory, state.workspace);
    this.results = new Results(this.#spool);
  }

  /** `whole`: with all that is attached; else without what of it cannot be opened, which then is `absent`. */
  static async open(state: OpenState, whole: boolean): Promise<OpenFile> {
    await mkdir(dirname(state.file), { recursive: true });
    process.chdir(state.workspace);
    setTimeZone(state.timeZone);
    const file = new OpenFile(state);
    const isNew = !existsSync(state.file);
    try {
      await file.#open(null, whole ? () => true : undefined);
    } catch (error) {
      // What a full disk left of a file that was never one can be opened by nobody.
      if (isNew) await rm(state.file, { force: true });
      throw error;
    }
    // What a killed process left behind; the file is locked now, so nobody else spills there.
    for (const left of [state.tempDirectory, outgoing(state.workspace)])
      await rm(left, { recursive: true, force: true });
    // DuckDB makes folders in it at need, and none for those.
    await mkdir(state.tempDirectory, { recursive: true });
    return file;
  }

  get state(): OpenState {
    return this.#state;
  }

  /** The connection on which cells run. Only for who has the turn. */
  get work(): DuckDBConnection {
    return this.#opened().work;
  }

  /** Runs what only looks: on the cells' own connection where none is running, beside it otherwise. */
  async look<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    if (!this.turns.busy) return this.turns.take(() => this.#reaching(() => work(this.work)));
    await this.#opening;
    const looking = this.#reaching(() => work(this.#opened().side));
    this.#looking.add(looking);
    try {
      return await looking;
    } finally {
      this.#looking.delete(looking);
    }
  }

  /** Makes the files that a statement names readable where they may be. Says whether anything changed. */
  async allow(names: readonly string[]): Promise<boolean> {
    if (!this.#grants.allow(names)) return false;
    await this.openAgain(this.#state);
    return true;
  }

  /** See `Grants`. */
  withoutHidden(pattern: string): string | string[] | null {
    return this.#grants.withoutHidden(pattern);
  }

  async setReadable(readable: Readable): Promise<void> {
    const state = { ...this.#state, readable };
    if (this.#grants.set(readable)) await this.openAgain(state);
    else this.#state = state;
  }

  /**
   * Tries again to attach what the tokens name and could not be opened. Not within a transaction, which opening the file
   * again would end.
   */
  async bringBack(tokens: readonly Token[]): Promise<void> {
    for (const alias of this.absent.among(tokens)) {
      try {
        await this.openAgain(this.#state, alias);
      } catch (error) {
        if (!(error instanceof AttachFailure)) throw error;
      }
    }
  }

  /**
   * Closes the file and opens it in another state; temporary tables, views and variables are carried over. Throws an
   * AttachFailure, and leaves all as it was, where the database `wanted` cannot be attached.
   */
  async openAgain(state: OpenState, wanted: string | null = null): Promise<void> {
    const before = this.#state;
    const wasAbsent = wanted !== null && this.absent.delete(wanted);
    let done: () => void = () => undefined;
    this.#opening = new Promise((resolve) => {
      done = resolve;
    });
    try {
      await Promise.allSettled(this.#looking);
      const kept = await this.#reaching(() => keepTemporary(this.work, before));
      this.#close();
      try {
        this.#state = state;
        await this.#open(kept, (alias) => alias === wanted);
      } catch (error) {
        this.#state = before;
        if (wasAbsent && error instanceof AttachFailure) this.absent.add(wanted, error.cause, true);
        await this.#open(kept);
        throw error;
      }
      await kept?.drop();
    } finally {
      this.#opening = null;
      done();
    }
  }

  /**
   * CHECKPOINT. Nothing here reads the file itself: closing it, as far as this process is concerned, would give up
   * DuckDB's lock on it.
   */
  async flush(): Promise<void> {
    await this.work.run('CHECKPOINT');
  }

  /** Closes the file until `restore`; what is temporary in it is gone. */
  async release(): Promise<void> {
    await Promise.allSettled(this.#looking);
    await this.flush();
    this.#close();
  }

  async restore(file: string): Promise<void> {
    this.#state = { ...this.#state, file };
    await this.#open();
  }

  /** Detaches a database as far as this opening of the file goes, and keeps it out of later ones. */
  async letGo(alias: string): Promise<void> {
    await this.#detach(alias);
    this.absent.delete(alias);
    const attachments = this.#state.attachments.filter((each) => each.alias !== alias);
    this.#state = { ...this.#state, attachments };
  }

  setState(change: Partial<OpenState>): void {
    this.#state = { ...this.#state, ...change };
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#looking);
    if (this.#session) this.#close();
    await this.#spool.close();
    await rm(this.#state.tempDirectory, { recursive: true, force: true });
  }

  /** Leaves out what cannot be attached, but for what `isWanted`. */
  async #open(
    kept: KeptTemporary | null = null,
    isWanted: (alias: string) => boolean = () => false,
  ): Promise<void> {
    const attachments = this.#state.attachments.filter(({ alias }) => !this.absent.has(alias));
    try {
      const state = { ...this.#state, attachments };
      this.#session = await openSession(state, this.#grants.directories, this.#grants.allowed);
    } catch (error) {
      if (!(error instanceof AttachFailure) || isWanted(error.alias)) throw error;
      this.absent.add(error.alias, error.cause);
      return this.#open(kept, isWanted);
    }
    await kept?.restore(this.#session.work);
  }

  /**
   * Runs what looks at all databases. Where one that is attached cannot be reached any more, it is let go of until a cell
   * names it, and an error says so: else nothing could be listed, granted or let go of until it is back.
   */
  async #reaching<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const attached = this.#state.attachments.filter(({ alias }) => !this.absent.has(alias));
      const gone = await unreachable(this.work, attached);
      if (gone.length === 0) throw error;
      for (const { alias } of gone) {
        await this.#detach(alias);
        this.absent.add(alias, error, true);
      }
      throw lostAttachments(gone, error);
    }
  }

  /** The current schema may be in it: then it goes when the file is opened again. */
  async #detach(alias: string): Promise<void> {
    await this.work.run(`DETACH DATABASE IF EXISTS ${quoteAlways(alias)}`).catch(() => undefined);
  }

  #close(): void {
    closeSession(this.#opened());
    this.#session = null;
  }

  #opened(): Session {
    if (!this.#session) throw new Error('The database is not open.');
    return this.#session;
  }
}
