import { statfsSync } from 'node:fs';
import { MOST_FILES, measure } from './measure.js';

const INTERVAL = 200;
/** The disk must have lost this much since the last look before the workspace is measured again. */
const STEP_BYTES = 32 * 1024 * 1024;
const STEP_FILES = 20_000;
/** Milliseconds after which it is measured whatever the disk says: others may be freeing what this one takes. */
const LONGEST = 1000;
/** How many times as long as a measurement took to wait for the next. */
const REST = 10;

/** Looks after a workspace while a cell runs: no quota of the file system does. */
export class SpaceWatch {
  #timer: NodeJS.Timeout | null = null;
  #free: { bytes: number; files: number };
  readonly #start: { bytes: number; files: number };
  #measuring = false;
  #due = Date.now() + LONGEST;

  /**
   * `held`: bytes that it has already, where that is more than the limit; a cell that adds nothing is left alone. `onFull` is
   * called once, with what is full and what to do, as text to go on with after a colon.
   */
  constructor(
    private readonly workspace: string,
    private readonly limit: number,
    private readonly held: number,
    private readonly onFull: (what: string) => void,
    private readonly mostFiles = MOST_FILES,
  ) {
    this.#free = this.#start = this.#look();
    this.#timer = setInterval(() => {
      void this.#check();
    }, INTERVAL);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** What is too large now, in the same words; null where it all fits. */
  async excess(): Promise<string | null> {
    const { bytes, whole } = await measure(this.workspace, this.mostFiles);
    // Where it cannot be walked to its end, what the disk lost has to do, of which others may have taken a part.
    const lost = whole ? null : this.#lost();
    if (Math.max(bytes, lost?.bytes ?? 0) > Math.max(this.limit, this.held))
      return `the workspace may hold ${Math.round(this.limit / 1048576)} MB. Delete files, or set SANDBOX_WORKSPACE_SIZE.`;
    if (lost !== null && lost.files > this.mostFiles)
      return `more than ${this.mostFiles.toLocaleString('en-US')} files were made. Delete some of them.`;
    return null;
  }

  async #check(): Promise<void> {
    if (this.#measuring) return;
    this.#measuring = true;
    const began = Date.now();
    try {
      if (!this.#isDue(began)) return;
      const excess = await this.excess();
      if (excess !== null) this.#full(excess);
      const now = Date.now();
      this.#due = now + Math.max(LONGEST, REST * (now - began));
    } catch (error) {
      this.#full(
        `the workspace cannot be looked at: ${error instanceof Error ? error.message : String(error)}`,
      );
    } finally {
      this.#measuring = false;
    }
  }

  #isDue(now: number): boolean {
    const free = this.#look();
    const taken = this.#free.bytes - free.bytes >= STEP_BYTES || this.#free.files - free.files >= STEP_FILES;
    if (!taken && now < this.#due) return false;
    this.#free = free;
    return true;
  }

  #full(what: string): void {
    if (this.#timer === null) return;
    this.stop();
    this.onFull(what);
  }

  #lost(): { bytes: number; files: number } {
    const now = this.#look();
    return { bytes: this.#start.bytes - now.bytes, files: this.#start.files - now.files };
  }

  #look(): { bytes: number; files: number } {
    const { bavail, bsize, ffree } = statfsSync(this.workspace);
    return { bytes: bavail * bsize, files: ffree };
  }
}
