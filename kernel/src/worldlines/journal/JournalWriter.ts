import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { StoreRemovedError, StoreWriteError } from '../errors.js';
import { ifExists, syncFolder } from '../store/files.js';
import { Draft } from './index/Draft.js';
import { encode } from './lines.js';
import type { JournalRecord } from './records.js';

const datasync = promisify(fdatasync);

/** Milliseconds between two times that `syncSoon` goes to the disk: a whole notebook may run in a second. */
const REST = 100;

/** Appends to one kernel's journal, which no other process writes. The file is made by the first record. */
export class JournalWriter {
  /** Where the checkpoints stand that were written. */
  readonly draft = new Draft();
  #file: number | null = null;
  #inode = 0;
  #length = 0;
  #syncing: Promise<void> = Promise.resolve();
  #latest: Promise<unknown> | null = null;
  #waiting: Promise<void> | null = null;
  #soon: Promise<void> | null = null;
  #synced = -Infinity;

  /** Records that are written with the next one, so that a kernel that runs nothing leaves nothing. */
  readonly #deferred: JournalRecord[];

  constructor(
    readonly path: string,
    first: JournalRecord,
  ) {
    this.#deferred = [first];
  }

  defer(record: JournalRecord): void {
    this.#deferred.push(record);
  }

  get exists(): boolean {
    return this.#file !== null;
  }
  get length(): number {
    return this.#length;
  }

  /** Whether the file was taken away: what is written to it comes to nobody any more. */
  get removed(): boolean {
    return this.#file !== null && statSync(this.path, { throwIfNoEntry: false })?.ino !== this.#inode;
  }

  /**
   * Writes records in one go: when it returns they survive the end of this process. Throws StoreWriteError, or
   * StoreRemovedError.
   */
  append(...records: readonly JournalRecord[]): void {
    if (this.removed) throw new StoreRemovedError(dirname(dirname(this.path)));
    try {
      this.#file ??= this.#create();
      const all = [...this.#deferred, ...records];
      const encoded = all.map(encode);
      let at = this.#length;
      this.#write(this.#file, Buffer.concat(encoded));
      all.forEach((record, n) => {
        this.draft.add(record, at);
        at += encoded[n]?.length ?? 0;
      });
      this.#deferred.length = 0;
    } catch (error) {
      throw new StoreWriteError('The checkpoint could not be written', error);
    }
  }

  /** Resolves when all that was appended survives a power cut. Calls that come while one is under way share the next. */
  async sync(): Promise<void> {
    this.#waiting ??= this.#syncing
      .catch(() => undefined)
      .then(async () => {
        this.#waiting = null;
        if (this.#file !== null) await datasync(this.#file);
        this.#synced = performance.now();
      });
    this.#syncing = this.#waiting;
    const mine = this.#waiting
      .catch(() => undefined)
      .finally(() => {
        if (this.#latest === mine) this.#latest = null;
      });
    this.#latest = mine;
    return this.#syncing;
  }

  /** The same for what nobody waits for: at once, or shortly after the time before. */
  syncSoon(): Promise<void> {
    const rest = this.#synced + REST - performance.now();
    if (rest <= 0) return this.sync();
    this.#soon ??= setTimeout(rest).then(() => {
      this.#soon = null;
      return this.sync();
    });
    return this.#soon;
  }

  /** Resolves when the latest `sync` has ended, also where it failed; null where none is under way. */
  get syncing(): Promise<unknown> | null {
    return this.#latest;
  }

  async close(): Promise<void> {
    if (this.#file === null) return;
    await this.sync();
    closeSync(this.#file);
    this.#file = null;
    await ifExists(syncFolder(dirname(this.path)), undefined);
  }

  #create(): number {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const file = openSync(this.path, 'ax', 0o600);
    this.#inode = fstatSync(file).ino;
    return file;
  }

  /** A part of a record must not stay: the next one would follow it on the same line. */
  #write(file: number, bytes: Buffer): void {
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(file, bytes, written);
      this.#length += bytes.length;
    } catch (error) {
      ftruncateSync(file, this.#length);
      throw error;
    }
  }
}
