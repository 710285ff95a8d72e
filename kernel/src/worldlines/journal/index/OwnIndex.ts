import type { JournalWriter } from '../JournalWriter.js';
import type { LineTotals } from './format.js';
import { WORTH_AN_INDEX, writeIndex } from './writeIndex.js';

/** Bytes after which the index is written anew: a kernel that is killed leaves no more than this to be read through. */
const STEP = 256 * 1024;

/** Keeps the index of the journal that this kernel writes. */
export class OwnIndex {
  #covered = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly path: string,
    private readonly journal: JournalWriter,
    private readonly lines: () => Iterable<LineTotals>,
  ) {}

  /** Call when records were written, and taken into the graph. */
  grown(): void {
    if (this.journal.length - this.#covered >= STEP) this.#write();
  }

  /** Writes what is not covered yet, so that the next kernel need not read it. */
  async close(): Promise<void> {
    if (this.journal.length - this.#covered >= WORTH_AN_INDEX) this.#write();
    await this.#writing;
  }

  #write(): void {
    const end = this.journal.length;
    this.#covered = end;
    const before = this.#writing;
    const written = writeIndex(this.path, end, this.journal.draft, this.lines());
    this.#writing = Promise.all([before, written]).then(
      () => undefined,
      // An index saves time and holds nothing of its own: without it the journal is read through.
      () => undefined,
    );
  }
}
