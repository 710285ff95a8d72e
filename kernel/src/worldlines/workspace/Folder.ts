import { randomUUID } from 'node:crypto';
import { constants, type Dirent, lstatSync, readdirSync } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm, rmdir, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, WorldlineError } from '../errors.js';

const NO_FOLLOW = constants.O_NOFOLLOW | constants.O_NONBLOCK;
const BY_DESCRIPTOR = process.platform === 'linux';

/** Files that we write beside their place; one may be left over after a crash. */
export const BESIDE = /^\.worldline-[0-9a-f-]{36}\.tmp$/;

/**
 * An open folder. What is inside is reached through its descriptor, so code that swaps a folder for a link meanwhile
 * cannot lead us elsewhere. Where the platform has no such paths, links are checked for at each step.
 */
export class Folder {
  private constructor(
    private readonly handle: FileHandle,
    private readonly path: string,
  ) {}

  static async open(path: string): Promise<Folder> {
    const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    return new Folder(handle, BY_DESCRIPTOR ? `/proc/self/fd/${handle.fd}` : path);
  }

  async folder(name: string): Promise<Folder> {
    return Folder.open(this.#at(name));
  }

  /** Opens a folder inside, making it if need be; anything else of that name is removed. */
  async makeFolder(name: string): Promise<Folder> {
    try {
      return await this.folder(name);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') await unlink(this.#at(name));
      await mkdir(this.#at(name), 0o755);
      const made = await this.folder(name);
      await this.#give(made.handle);
      return made;
    }
  }

  entries(): Dirent<Buffer>[] {
    return readdirSync(this.path, { withFileTypes: true, encoding: 'buffer' });
  }

  stat(name: string): FileStat | null {
    const found = lstatSync(this.#at(name), { bigint: true, throwIfNoEntry: false });
    return found?.isFile() === true ? fileStat(found) : null;
  }

  /** Opens a regular file for reading, whatever was put in its place meanwhile. */
  async read(name: string): Promise<{ file: FileHandle; stat: FileStat }> {
    const file = await open(this.#at(name), constants.O_RDONLY | NO_FOLLOW);
    const stat = await file.stat({ bigint: true });
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
      await this.#give(file);
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
    return fileStat(await lstat(target, { bigint: true }));
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

  async close(): Promise<void> {
    await this.handle.close();
  }

  /** What root puts into a workspace belongs to whom the folder belongs to: code in the sandbox is not root. */
  async #give(made: FileHandle): Promise<void> {
    if (process.getuid?.() !== 0) return;
    const { uid, gid } = await this.handle.stat();
    await made.chown(uid, gid);
  }

  #at(name: string): string {
    if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')) {
      throw new WorldlineError(`"${name}" is not a file name.`);
    }
    return join(this.path, name);
  }
}

/** What tells that a file has changed. Times in nanoseconds; code can set all of it but `changed`. */
export interface FileStat {
  readonly size: number;
  readonly inode: bigint;
  readonly modified: bigint;
  readonly changed: bigint;
  readonly mode: number;
}

function fileStat(stat: {
  size: bigint;
  ino: bigint;
  mtimeNs: bigint;
  ctimeNs: bigint;
  mode: bigint;
}): FileStat {
  return {
    size: Number(stat.size),
    inode: stat.ino,
    modified: stat.mtimeNs,
    changed: stat.ctimeNs,
    mode: Number(stat.mode) & 0o777,
  };
}
