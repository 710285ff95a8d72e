import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { outgoing } from '../../paths/Destination.js';
import { quoteAlways } from '../../sql/quote.js';
import { Grants } from '../../paths/grants.js';
import type { Readable } from '../../types.js';
import type { OpenState } from '../protocol.js';
import { Results } from '../results/results.js';
import { isElsewhere, lostAttachments, unreachable } from './unreachable.js';
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

  private constructor(state: OpenState) {
    this.#state = state;
    this.#grants = new Grants(state.workspace, state.readable);
    this.#spool = new Spool(state.tempDirectory, state.workspace);
    this.results = new Results(this.#spool);
  }

  static async open(state: OpenState): Promise<OpenFile> {
    await mkdir(dirname(state.file), { recursive: true });
    process.chdir(state.workspace);
    setTimeZone(state.timeZone);
    const file = new OpenFile(state);
    const isNew = !existsSync(state.file);
    try {
      await file.#open();
    } catch (error) {
      // What a full disk left of a file that was never one can be opened by nobody.
      if (isNew) await rm(state.file, { force: true });
      throw error;
    }
    // What a killed process left behind; the file is locked now, so nobody else spills there.
    for (const left of [state.tempDirectory, outgoing(state.workspace)])
      await rm(left, { recursive: true, force: true });
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

  async setReadable(readable: Readable): Promise<void> {
    const state = { ...this.#state, readable };
    if (this.#grants.set(readable)) await this.openAgain(state);
    else this.#state = state;
  }

  /** Closes the file and opens it in another state; temporary tables, views and variables are carried over. */
  async openAgain(state: OpenState): Promise<void> {
    const before = this.#state;
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
        await this.#open(kept, true);
      } catch (error) {
        this.#state = before;
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
    // The current schema may be in it; opening the file again is the end of it then.
    await this.work.run(`DETACH DATABASE IF EXISTS ${quoteAlways(alias)}`).catch(() => undefined);
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

  /** `whole`: with all that is attached; else without the databases elsewhere where one cannot be reached any more. */
  async #open(kept: KeptTemporary | null = null, whole = false): Promise<void> {
    const open = (): Promise<Session> =>
      openSession(this.#state, this.#grants.directories, this.#grants.allowed);
    this.#session = await open().catch((error: unknown) => {
      const near = this.#state.attachments.filter((each) => !isElsewhere(each));
      if (whole || near.length === this.#state.attachments.length) throw error;
      this.#state = { ...this.#state, attachments: near };
      return open();
    });
    await kept?.restore(this.#session.work);
  }

  /**
   * Runs what looks at all databases. Where one that is attached cannot be reached any more, it is let go of, and an error says
   * so: else nothing could be listed, granted or let go of until it is back.
   */
  async #reaching<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const gone = await unreachable(this.work, this.#state.attachments);
      if (gone.length === 0) throw error;
      for (const { alias } of gone) await this.letGo(alias);
      throw lostAttachments(gone, error);
    }
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
