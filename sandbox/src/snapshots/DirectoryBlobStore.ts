import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobStore } from '../types.js';
import { readExactly } from './readExactly.js';
import { SnapshotRefusedError } from './SnapshotRefusedError.js';

const ID = /^[0-9a-f]{64}$/;
const INCOMING = '.incoming-';

/**
 * Blobs as files of one folder, named by the SHA-256 of their content. A blob is written beside, flushed and renamed into
 * place, so a file with a blob's name is whole, whenever the power went.
 */
export class DirectoryBlobStore implements BlobStore {
  private constructor(readonly folder: string) {}

  /** Opens the store, makes its folder where there is none, and removes what a crash left half written. */
  static async open(folder: string): Promise<DirectoryBlobStore> {
    await mkdir(folder, { recursive: true });
    const left = (await readdir(folder)).filter((name) => name.startsWith(INCOMING));
    await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
    return new DirectoryBlobStore(folder);
  }

  has(id: string): boolean {
    return ID.test(id) && existsSync(join(this.folder, id));
  }

  /** The size of a blob in bytes, or null where there is none. */
  async size(id: string): Promise<number | null> {
    if (!this.has(id)) return null;
    return (await stat(join(this.folder, id))).size;
  }

  /**
   * Copies as many bytes as the file has now. Throws SnapshotRefusedError where there are more than `limit`, or where the
   * file is cut meanwhile.
   */
  async adopt(file: FileHandle, limit = Infinity): Promise<{ id: string; bytes: number; added: boolean }> {
    const bytes = (await file.stat()).size;
    if (bytes > limit) throw new SnapshotRefusedError('a file is too large');
    const incoming = join(this.folder, INCOMING + randomUUID());
    try {
      const id = await this.copy(file, bytes, incoming);
      const added = !this.has(id);
      if (added) {
        await rename(incoming, join(this.folder, id));
        await this.flushFolder();
      }
      return { id, bytes, added };
    } finally {
      await rm(incoming, { force: true });
    }
  }

  private async copy(file: FileHandle, bytes: number, path: string): Promise<string> {
    const hash = createHash('sha256');
    const target = await open(path, 'wx', 0o444);
    try {
      for await (const chunk of readExactly(file, bytes)) {
        hash.update(chunk);
        await target.writeFile(chunk);
      }
      await target.datasync();
    } finally {
      await target.close();
    }
    return hash.digest('hex');
  }

  private async flushFolder(): Promise<void> {
    const folder = await open(this.folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}
