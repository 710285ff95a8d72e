import type { WorkspaceRef } from '../journal/records.js';
import type { ObjectId } from '../objects/hash.js';
import type { FileStat } from './Folder.js';

/** A file that changed this shortly before it was looked at may change again without a new time stamp. Milliseconds. */
const SETTLED = 50;

/** Milliseconds until a file that was just changed can be read and then be known. */
export function settlesIn(stat: FileStat, now: number): number {
  return Math.min(Math.max(0, Math.ceil(stat.changed) + SETTLED + 1 - now), SETTLED);
}

/** What is known of a live workspace's files, so that unchanged ones are not read again. */
export class WorkspaceIndex {
  /** What the last capture gave, while every file of it, and no other, is known here as it was then. */
  last: { readonly ref: WorkspaceRef | null; readonly folders: string } | null = null;
  readonly #known = new Map<string, { stat: FileStat; id: ObjectId }>();

  get size(): number {
    return this.#known.size;
  }

  idOf(path: string, stat: FileStat): ObjectId | null {
    const known = this.#known.get(path);
    return known !== undefined && same(known.stat, stat) ? known.id : null;
  }

  /** `looked` is when the file began to be read, in milliseconds since the epoch. */
  note(path: string, stat: FileStat, id: ObjectId, looked: number): void {
    this.last = null;
    if (stat.changed < looked - SETTLED) this.#known.set(path, { stat, id });
    else this.#known.delete(path);
  }

  keepOnly(paths: ReadonlySet<string>): void {
    this.last = null;
    for (const path of this.#known.keys()) if (!paths.has(path)) this.#known.delete(path);
  }
}

function same(a: FileStat, b: FileStat): boolean {
  return (
    a.size === b.size &&
    a.inode === b.inode &&
    a.modified === b.modified &&
    a.changed === b.changed &&
    a.mode === b.mode
  );
}
