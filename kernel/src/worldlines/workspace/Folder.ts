import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  type Dirent,
  fchownSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  type Stats,
} from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm, rmdir, unlink, utimes } from 'node:fs/promises';
import { errorCode, WorldlineError } from '../errors.js';

const NO_FOLLOW = constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** What stands for bytes of a name that are no UTF-8. A valid name may have it as well. */
const REPLACEMENT = '\uFFFD';
const BY_DESCRIPTOR = process.platform === 'linux';

/** Files that we write beside their place; one may be left over after a crash. */
export const BESIDE = /^\.worldline-[0-9a-f-]{36}\.tmp$/;

/**
 * An open folder. What is inside is reached through its descriptor, so code that swaps a folder for a link meanwhile
 * cannot lead us elsewhere. Where the platform has no such paths, links are checked for at each step.
 */
export class Folder {
  private constructor(
    private readonly descriptor: number,
    private readonly path: string,
  ) {}

  /** Close it when it is done with. Hundreds are opened in a walk, and a folder opens at once: there is nothing to wait for. */
  static open(path: string): Folder {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    return new Folder(descriptor, BY_DESCRIPTOR ? `/proc/self/fd/${descriptor}` : path);
  }

  folder(name: string): Folder {
    return Folder.open(this.#at(name));
  }

  /** Opens a folder inside, making it if need be; anything else of that name is removed. */
  async makeFolder(name: string): Promise<Folder> {
    try {
      return this.folder(name);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') await unlink(this.#at(name));
      await mkdir(this.#at(name), 0o755);
      const made = this.folder(name);
      this.#give(made.descriptor);
      return made;
    }
  }

  /** What is inside, and the names that are not valid UTF-8, as far as they can be written. */
  entries(): { readonly entries: readonly Dirent[]; readonly invalid: ReadonlySet<string> } {
    const entries = readdirSync(this.path, { withFileTypes: true });
    if (!entries.some(({ name }) => name.includes(REPLACEMENT))) return { entries, invalid: new Set() };
    const names = readdirSync(this.path, { encoding: 'buffer' });
    const invalid = names.filter((name) => !Buffer.from(name.toString()).equals(name));
    return { entries, invalid: new Set(invalid.map((name) => name.toString())) };
  }

  stat(name: string): FileStat | null {
    const found = lstatSync(this.#at(name), { throwIfNoEntry: false });
    return found?.isFile() === true ? fileStat(found) : null;
  }

  /** Opens a regular file for reading, whatever was put in its place meanwhile. */
  async read(name: string): Promise<{ file: FileHandle; stat: FileStat }> {
    const file = await open(this.#at(name), constants.O_RDONLY | NO_FOLLOW);
    const stat = await file.stat();
    if (stat.isFile()) return { file, stat: fileStat(stat) };
    await file.close();
    throw new WorldlineError(`${name} is not a regular file.`);
  }

  /** Writes a file beside its place and puts it there, replacing a file, link or folder of that name. */
  async replace(
    name: string,
    fill: (file: FileHandle) => Promise<void>,
    mode: number,
    modified: number,
  ): Promise<FileStat> {
    const beside = this.#at(`.worldline-${randomUUID()}.tmp`);
    await rm(beside, { force: true });
    const file = await open(
      beside,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW,
      mode,
    );
    try {
      await fill(file);
      await file.chmod(mode);
      this.#give(file.fd);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    await utimes(beside, modified / 1000, modified / 1000);
    const target = this.#at(name);
    await rename(beside, target).catch(async (error: unknown) => {
      if (errorCode(error) !== 'EISDIR' && errorCode(error) !== 'ENOTEMPTY') throw error;
      await rm(target, { recursive: true });
      await rename(beside, target);
    });
    return fileStat(await lstat(target));
  }

  async removeFile(name: string): Promise<void> {
    await rm(this.#at(name), { force: true });
  }

  /** Removes a folder that is empty; another stays, for what is in it is not ours. */
  async removeFolder(name: string): Promise<void> {
    await rmdir(this.#at(name)).catch((error: unknown) => {
      const code = errorCode(error);
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error;
    });
  }

  close(): void {
    closeSync(this.descriptor);
  }

  /** What root puts into a workspace belongs to whom the folder belongs to: code in the sandbox is not root. */
  #give(made: number): void {
    if (process.getuid?.() !== 0) return;
    const { uid, gid } = fstatSync(this.descriptor);
    fchownSync(made, uid, gid);
  }

  #at(name: string): string {
    if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')) {
      throw new WorldlineError(`"${name}" is not a file name.`);
    }
    return `${this.path}/${name}`;
  }
}

/**
 * What tells that a file has changed. Times in milliseconds, to a quarter of a microsecond: numbers, since ten thousand
 * bigints at each checkpoint are felt. Code can set all of it but `changed`.
 */
export interface FileStat {
  readonly size: number;
  readonly inode: number;
  readonly modified: number;
  readonly changed: number;
  readonly mode: number;
}

export function fileStat({ size, ino, mtimeMs, ctimeMs, mode }: Stats): FileStat {
  return { size, inode: ino, modified: mtimeMs, changed: ctimeMs, mode: mode & 0o777 };
}
