import type { FileHandle } from 'node:fs/promises';
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

  /** Copies the open file into the store under the hash of what was read. */
  async adopt(file: FileHandle): Promise<{ id: ObjectId; bytes: number; added: boolean }> {
    const put = await this.objects.putFile(file, { bytes: 0 }, Infinity, (id) =>
      this.objects.variablePath(id),
    );
    if (put.added) this.objects.checked.add(put.id);
    return put;
  }
}
