import type { WorkspaceRef } from '../journal/records.js';
import type { Content } from '../objects/content.js';
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
  readonly #known = new Map<string, { stat: FileStat; content: Content }>();

  get size(): number {
    return this.#known.size;
  }

  contentOf(path: string, stat: FileStat): Content | null {
    const known = this.#known.get(path);
    return known !== undefined && same(known.stat, stat) ? known.content : null;
  }

  /** `looked` is when the file began to be read, in milliseconds since the epoch. */
  note(path: string, stat: FileStat, content: Content, looked: number): void {
    this.last = null;
    if (stat.changed < looked - SETTLED) this.#known.set(path, { stat, content });
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
