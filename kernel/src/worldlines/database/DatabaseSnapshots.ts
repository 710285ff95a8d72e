import { randomUUID } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { copyFile, link, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DamagedObjectError } from '../errors.js';
import type { DatabaseRef } from '../journal/records.js';
import type { ObjectStore, Tally } from '../objects/ObjectStore.js';
import { privateFolder, syncFolder } from '../store/files.js';
import { type BlockList, decodeList, encodeList, sharedBlocks } from './blockList.js';
import { captureBlocks, restoreBlocks } from './blocks.js';

/** Snapshots of database files: clones where the file system shares blocks, else lists of blocks. */
export class DatabaseSnapshots {
  /** Lists that live files are known to have been captured as or restored to, by the list's id. */
  readonly #lists = new Map<string, BlockList>();
  #sharing: Promise<boolean> | null = null;

  constructor(
    private readonly objects: ObjectStore,
    private readonly clones: string,
    private readonly alsoIn: string[] = [],
  ) {}

  /** Clones in these folders can be read as well. */
  lookAlsoIn(clones: string): void {
    this.alsoIn.push(clones);
  }

  /** Stores a checkpointed file that nothing writes to meanwhile. `previous` is what it was before. */
  async capture(path: string, previous: DatabaseRef | null, tally: Tally): Promise<DatabaseRef | null> {
    if (!existsSync(path)) return null;
    if (await this.#sharesBlocks()) return this.#clone(path);
    const before = previous?.form === 'blocks' ? await this.#list(previous.list) : null;
    const list = await captureBlocks(path, before, this.objects, tally);
    const id = await this.objects.putPieces(encodeList(list), tally);
    if (previous?.form === 'blocks') this.#lists.delete(previous.list);
    this.#lists.set(id, list);
    return { form: 'blocks', list: id, bytes: list.size };
  }

  /** Makes a closed file what a snapshot says; null removes it. Its log goes, whatever it held. */
  async restore(path: string, ref: DatabaseRef | null): Promise<void> {
    await rm(`${path}.wal`, { force: true });
    if (ref === null) await rm(path, { force: true });
    else if (ref.form === 'blocks') await restoreBlocks(path, await this.#list(ref.list), this.objects);
    else await this.#cloneBack(ref.file, path);
  }

  /** The share of a snapshot's blocks that stand at the same place in another one. */
  async shared(wanted: DatabaseRef | null, other: DatabaseRef | null): Promise<number> {
    if (wanted?.form !== 'blocks' || other?.form !== 'blocks') return 0;
    return sharedBlocks(await this.#list(wanted.list), await this.#list(other.list));
  }

  clonePath(file: string): string {
    return join(this.clones, file);
  }

  /** Takes a clone of a linked store over. */
  async bring(file: string): Promise<void> {
    const from = this.alsoIn.map((folder) => join(folder, file)).find((at) => existsSync(at));
    if (from === undefined || existsSync(this.clonePath(file))) return;
    await privateFolder(this.clones);
    await link(from, this.clonePath(file));
  }

  async #list(id: string): Promise<BlockList> {
    return this.#lists.get(id) ?? decodeList(await this.objects.readPieces(id));
  }

  async #clone(path: string): Promise<DatabaseRef> {
    const { size } = await stat(path);
    const file = `${randomUUID()}.duckdb`;
    const beside = join(await privateFolder(this.clones), `.${file}.tmp`);
    await copyFile(path, beside, constants.COPYFILE_FICLONE_FORCE);
    await rename(beside, this.clonePath(file));
    await syncFolder(this.clones);
    return { form: 'clone', file, bytes: size };
  }

  async #cloneBack(file: string, path: string): Promise<void> {
    const from = [this.clones, ...this.alsoIn]
      .map((folder) => join(folder, file))
      .find((at) => existsSync(at));
    if (from === undefined) throw new DamagedObjectError(file);
    const beside = `${path}.tmp`;
    await copyFile(from, beside, constants.COPYFILE_FICLONE);
    await rename(beside, path);
  }

  async #sharesBlocks(): Promise<boolean> {
    this.#sharing ??= canClone(this.clones);
    return this.#sharing;
  }
}

async function canClone(folder: string): Promise<boolean> {
  const probe = join(await privateFolder(folder), `.${randomUUID()}`);
  try {
    await writeFile(probe, 'x'.repeat(8192));
    await copyFile(probe, `${probe}.clone`, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  } finally {
    await rm(probe, { force: true });
    await rm(`${probe}.clone`, { force: true });
  }
}
