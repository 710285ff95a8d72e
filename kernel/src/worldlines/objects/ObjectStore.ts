import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { type FileHandle, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DamagedObjectError, errorCode } from '../errors.js';
import { ifExists, privateFolder } from '../store/files.js';
import { bootId } from '../store/liveness.js';
import { syncAll } from '../store/syncAll.js';
import { hash, OBJECT_ID, type ObjectId } from './hash.js';
import { fromText, inText, isText, type PiecesRef } from './inText.js';
import { joinPieces, splitPieces } from './pieces.js';
import type { Content } from './content.js';
import { type Copied, copyHashed } from './copyHashed.js';
import { fill } from './fill.js';
import { pack } from './pack.js';
import { writeSparse } from './writeSparse.js';

/** Files that are remembered as being on the disk. One that was forgotten is synced once more where it is met again. */
const MOST_DURABLE = 20_000;

/** Adds up what was written. */
export interface Tally {
  bytes: number;
}

/**
 * Content-addressed files: written beside, renamed into place, never changed. Reading checks the content against its
 * id; a damaged object is moved aside, so that the next write of the same content mends it.
 */
export class ObjectStore {
  /** Buffers of variables whose content is known to be right. */
  readonly checked = new Set<ObjectId>();
  #damaged = false;
  /** Files and folders to be brought to the disk. */
  readonly #unsynced = { files: new Set<string>(), folders: new Set<string>() };
  /** What this process knows to be there after a power cut. */
  readonly #durable = new Set<string>();
  #settling: Promise<void> = Promise.resolve();
  readonly #linked: ObjectStore[] = [];

  constructor(
    readonly folder: string,
    private readonly aside: string,
  ) {}

  /** Objects that are not here are looked for in `other`, which stays as it is. */
  lookAlsoIn(other: ObjectStore): void {
    this.#linked.push(other);
  }

  pathOf(id: ObjectId): string {
    return join(this.folder, id.slice(0, 2), id.slice(2));
  }

  has(id: ObjectId): boolean {
    return existsSync(this.pathOf(id));
  }

  /** Where an object is, here or in a linked store. */
  find(id: ObjectId): string {
    if (this.has(id)) return this.pathOf(id);
    return this.#linked.find((other) => other.has(id))?.pathOf(id) ?? this.pathOf(id);
  }

  /** Buffers of variables are in a folder of their own, by their whole id. */
  get variables(): string {
    return join(this.folder, 'variables');
  }
  variablePath(id: ObjectId): string {
    return join(this.variables, id);
  }
  /** Size of a buffer of variables; null where there is none. */
  variableSize(id: ObjectId): number | null {
    return statSync(this.variablePath(id), { throwIfNoEntry: false })?.size ?? null;
  }
  hasVariable(id: string): boolean {
    return OBJECT_ID.test(id) && existsSync(this.variablePath(id));
  }

  async put(bytes: Uint8Array, tally: Tally): Promise<ObjectId> {
    const id = await hash(bytes);
    if (this.#reuse(this.pathOf(id))) return id;
    const { beside, made } = await this.#write((file) => writeSparse(file, bytes));
    await this.#place(beside, this.pathOf(id));
    tally.bytes += made;
    return id;
  }

  /** Stores large, slowly changing bytes so that versions share what they have in common. Few stand in what it gives. */
  async putPieces(bytes: Uint8Array, tally: Tally): Promise<PiecesRef> {
    return inText(bytes) ?? splitPieces(bytes, (piece) => this.put(piece, tally));
  }

  /** Copies an open file of a workspace from its beginning, at most `limit` bytes of it. */
  async putFile(
    file: FileHandle,
    tally: Tally,
    limit: number,
  ): Promise<Content & { readonly bytes: number }> {
    return this.#copy(
      (target) => pack(file, target, limit),
      tally,
      (id) => this.pathOf(id),
    );
  }

  /** Copies an open file as it is, so that it can be mapped: a buffer of variables. The id is that of what was read. */
  async putVariable(file: FileHandle, limit: number): Promise<Copied & { readonly added: boolean }> {
    const copy = (target: FileHandle): Promise<Copied> => copyHashed(file, target, limit);
    return this.#copy(copy, { bytes: 0 }, (id) => this.variablePath(id));
  }

  /** The content. Throws DamagedObjectError where it is missing or is not what it was. */
  async read(id: ObjectId): Promise<Buffer<ArrayBuffer>> {
    return this.#read(id, (path) => readFile(path));
  }

  /** As `read`, but into memory that is used again and again: at least as much as the object has. */
  async readInto(id: ObjectId, memory: Buffer<ArrayBuffer>): Promise<Buffer<ArrayBuffer>> {
    return this.#read(id, (path) => fill(memory, path));
  }

  async readPieces(ref: PiecesRef): Promise<Buffer> {
    if (isText(ref)) return fromText(ref);
    return joinPieces(await this.read(ref), (piece) => this.read(piece));
  }

  /** Brings an object of a linked store here. One that is lost there stays lost. */
  async bring(path: (store: ObjectStore) => string): Promise<void> {
    const here = path(this);
    if (existsSync(here)) return;
    const from = this.#linked.map(path).find((path) => existsSync(path));
    if (from === undefined) return;
    await mkdir(dirname(here), { recursive: true, mode: 0o700 });
    await link(from, here);
    this.#unsynced.files.add(here);
    this.#unsynced.folders.add(dirname(here));
  }

  /** Makes everything stored so far survive a power cut. Of what is on its way already, the end is waited for. */
  async settle(): Promise<void> {
    const settling = this.#settling.catch(() => undefined).then(() => this.#bringToDisk());
    this.#settling = settling;
    await settling;
  }

  /** Whether some object turned out to be damaged, so that one that was stored may no longer be there. */
  get damaged(): boolean {
    return this.#damaged;
  }

  /** Moves a damaged file out of the way, where it can be looked at. */
  async setAside(path: string): Promise<void> {
    this.#damaged = true;
    this.#durable.delete(path);
    await privateFolder(this.aside);
    await ifExists(rename(path, join(this.aside, `${basename(dirname(path))}-${basename(path)}`)), undefined);
  }

  async #read(
    id: ObjectId,
    from: (path: string) => Promise<Buffer<ArrayBuffer>>,
  ): Promise<Buffer<ArrayBuffer>> {
    const bytes = await ifExists(from(this.pathOf(id)), null);
    if (bytes !== null && (await hash(bytes)) === id) return bytes;
    if (bytes !== null) await this.setAside(this.pathOf(id));
    for (const other of this.#linked) {
      if (other.has(id)) return other.#read(id, from);
    }
    throw new DamagedObjectError(id);
  }

  /** Keeps a copy under the id that it turns out to have. */
  async #copy<C extends Copied>(
    copy: (target: FileHandle) => Promise<C>,
    tally: Tally,
    at: (id: ObjectId) => string,
  ): Promise<C & { readonly added: boolean }> {
    const { beside, made } = await this.#write(copy);
    if (this.#reuse(at(made.id))) {
      await rm(beside, { force: true });
      return { ...made, added: false };
    }
    await this.#place(beside, at(made.id));
    tally.bytes += made.written;
    return { ...made, added: true };
  }

  async #write<T>(write: (file: FileHandle) => Promise<T>): Promise<{ beside: string; made: T }> {
    const beside = join(this.folder, 'incoming', randomUUID());
    const file = await open(beside, 'wx', 0o644).catch(async (error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw error;
      await privateFolder(dirname(beside));
      return open(beside, 'wx', 0o644);
    });
    try {
      const made = await write(file);
      // Where a later kernel cannot tell that the power was cut, no name must stand for what is not on the disk.
      if (bootId() === null) await file.datasync();
      return { beside, made };
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  }

  async #place(beside: string, path: string): Promise<void> {
    await rename(beside, path).catch(async (error: unknown) => {
      if (errorCode(error) !== 'ENOENT') throw error;
      await privateFolder(dirname(path));
      this.#unsynced.folders.add(this.folder);
      await rename(beside, path);
    });
    this.#unsynced.files.add(path);
    this.#unsynced.folders.add(dirname(path));
  }

  /** Whether a file is there already. Another kernel may have written it, and not have come to bring it to the disk. */
  #reuse(path: string): boolean {
    if (!existsSync(path)) return false;
    if (!this.#durable.has(path)) this.#unsynced.files.add(path);
    return true;
  }

  async #bringToDisk(): Promise<void> {
    const [files, folders] = [[...this.#unsynced.files], [...this.#unsynced.folders]];
    this.#unsynced.files.clear();
    this.#unsynced.folders.clear();
    try {
      await syncAll(files, folders, this.folder);
    } catch (error) {
      for (const file of files) this.#unsynced.files.add(file);
      for (const folder of folders) this.#unsynced.folders.add(folder);
      throw error;
    }
    if (this.#durable.size > MOST_DURABLE) this.#durable.clear();
    for (const file of files) this.#durable.add(file);
  }
}
