import type { FileHandle } from 'node:fs/promises';
import { WorldlineError } from '../errors.js';
import type { ObjectId } from './hash.js';
import type { ObjectStore } from './ObjectStore.js';

/** Buffers of Python variables: files by content id in one folder, which sandboxes mount read-only. */
export class VariableBlobs {
  constructor(private readonly objects: ObjectStore) {}

  get folder(): string {
    return this.objects.variables;
  }

  has(id: string): boolean {
    return this.objects.hasVariable(id);
  }

  /**
   * Copies as many bytes as the open file has now into the store, under the hash of what was read. Throws WorldlineError
   * where there are more than `limit`.
   */
  async adopt(file: FileHandle, limit = Infinity): Promise<{ id: ObjectId; bytes: number; added: boolean }> {
    const { size } = await file.stat();
    if (size > limit) throw new WorldlineError('The variables are larger than one checkpoint may add.');
    const put = await this.objects.putVariable(file, size);
    if (put.added) this.objects.checked.add(put.id);
    return put;
  }
}
