import { statfsSync } from 'node:fs';
import { scan } from './scan.js';

const INTERVAL = 200;
/** The disk must have lost this much since the last look before the workspace is measured again. */
const STEP_BYTES = 32 * 1024 * 1024;
const STEP_FILES = 20_000;
/** Milliseconds after which it is measured whatever the disk says: others may be freeing what this one takes. */
const LONGEST = 1000;
/** How many times as long as a measurement took to wait for the next. */
const REST = 10;
const MAX_FILES = 200_000;

/** Looks after a workspace while a cell runs: no quota of the file system does. */
export class SpaceWatch {
  #timer: NodeJS.Timeout | null = null;
  #free: { bytes: number; files: number };
  readonly #start: { bytes: number; files: number };
  #measuring = false;
  #due = Date.now() + LONGEST;

  /** `onFull` is called once, with what is full and what to do, as text to go on with after a colon. */
  constructor(
    private readonly workspace: string,
    private readonly limit: number,
    private readonly onFull: (what: string) => void,
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
    const { bytes, partial } = await scan(this.workspace, true);
    // Where it is too large to be walked, what the disk lost has to do.
    const used = partial ? Math.max(bytes, this.#start.bytes - this.#look().bytes) : bytes;
    return used > this.limit
      ? `the workspace may hold ${Math.round(this.limit / 1048576)} MB. Delete files, or set SANDBOX_WORKSPACE_SIZE.`
      : null;
  }

  async #check(): Promise<void> {
    if (this.#measuring) return;
    const free = this.#look();
    if (this.#start.files - free.files > MAX_FILES) {
      this.#full(`more than ${MAX_FILES.toLocaleString('en-US')} files were made. Delete some of them.`);
      return;
    }
    const taken = this.#free.bytes - free.bytes >= STEP_BYTES || this.#free.files - free.files >= STEP_FILES;
    const began = Date.now();
    if (!taken && began < this.#due) return;
    this.#free = free;
    this.#measuring = true;
    try {
      const excess = await this.excess();
      if (excess !== null) this.#full(excess);
    } finally {
      this.#measuring = false;
      const now = Date.now();
      this.#due = now + Math.max(LONGEST, REST * (now - began));
    }
  }

  #full(what: string): void {
    if (this.#timer === null) return;
    this.stop();
    this.onFull(what);
  }

  #look(): { bytes: number; files: number } {
    const { bavail, bsize, ffree } = statfsSync(this.workspace);
    return { bytes: bavail * bsize, files: ffree };
  }
}
