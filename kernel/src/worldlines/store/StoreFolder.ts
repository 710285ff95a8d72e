import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { NotebookIdentity } from '../types.js';

/** The id of a notebook's store: it follows from where the notebook is. */
export function storeId(notebook: NotebookIdentity): string {
  return createHash('sha256').update(`${notebook.client}\0${notebook.path}`).digest('hex').slice(0, 20);
}

/** The id of the store in which a version works that is too old for the notebook's own. */
export function storeBeside(id: string, format: number): string {
  return `${id}-format${format}`;
}

/** The paths of one notebook's store. */
export class StoreFolder {
  readonly path: string;

  constructor(
    readonly home: string,
    readonly id: string,
  ) {
    this.path = join(home, 'notebooks', id);
  }

  get about(): string {
    return join(this.path, 'store.json');
  }
  get journals(): string {
    return join(this.path, 'journals');
  }
  get indexes(): string {
    return join(this.path, 'index');
  }
  /** What stands where in a journal. */
  indexOf(journal: string): string {
    return join(this.indexes, journal.replace(/jsonl$/, 'index'));
  }
  get objects(): string {
    return join(this.path, 'objects');
  }
  /** Whole database files, on file systems that share blocks. */
  get clones(): string {
    return join(this.path, 'databases');
  }
  get kernels(): string {
    return join(this.path, 'kernels');
  }
  get links(): string {
    return join(this.path, 'links');
  }
  get aside(): string {
    return join(this.path, 'aside');
  }
  get collecting(): string {
    return join(this.path, 'collecting.json');
  }
  /** What the last kernel left to be told. */
  get word(): string {
    return join(this.path, 'word.txt');
  }
  /** Live files of open worldlines. */
  get live(): string {
    return join(this.path, 'worldlines');
  }
  liveOf(worldline: string): string {
    return join(this.live, worldline);
  }
}
