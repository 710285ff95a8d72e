import { randomBytes } from 'node:crypto';
import type { Runner } from '../channel/Runner.js';
import { HIDDEN, OUT } from '../engine/containerOptions.js';
import { PythonError, UnsavedVariablesError } from '../errors.js';
import { VariableIntake } from '../snapshots/index.js';
import { parseLost, parseVariables } from './replies.js';
import type { BlobStore, LostVariable, Variable, VariablesSnapshot } from '../types.js';

export interface Capture {
  /** Milliseconds that the worker stood still. */
  readonly pause: number;
  readonly variables: Variable[];
  readonly done: Promise<VariablesSnapshot>;
}

const NO_PROCESS =
  'what the code left running takes all processes and threads that there may be (SANDBOX_PIDS). The next cell tries again.';

/** The variables of one session: what was kept of them last, and how they come back. */
export class Variables {
  /** What a new worker is to have; null for none. */
  #kept: VariablesSnapshot | null = null;
  #intake: VariableIntake | null = null;
  #writing: Promise<unknown> = Promise.resolve();
  /** What the worker has, and cannot be kept: it ends with it. */
  #unkept: readonly LostVariable[] = [];
  /** The last capture of the worker there is now, while it is being written or where it failed. */
  #latest: Capture | null = null;
  /** May they differ from what was kept? */
  #changed = false;
  #full = false;

  constructor(
    private readonly workspace: string,
    private readonly store: BlobStore,
    /** Bytes that a capture may add to the store. */
    private readonly maxBytes: () => number,
  ) {}

  get changed(): boolean {
    return this.#changed;
  }

  touch(): void {
    this.#changed = true;
  }

  /** They were seen to be what the last capture took, which is or will be what is kept, unless it could not be written. */
  unchanged(): void {
    if (!this.#full) this.#changed = false;
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    await this.#writing.catch(() => undefined);
  }

  /** Brings a fresh container, or a fresh worker after a death, to what was kept. True where there was something to lose. */
  async recover(runner: Runner): Promise<{ lost: readonly LostVariable[]; outdated: boolean }> {
    await this.settled();
    const outdated = this.#changed;
    const unkept = this.#unkept;
    this.#forgetWorker();
    if (this.#kept === null) return { lost: unkept, outdated };
    return { lost: [...unkept, ...(await this.#load(runner, this.#kept))], outdated };
  }

  /** Replaces them; with no runner, as soon as there is one. */
  async replace(runner: Runner | null, snapshot: VariablesSnapshot | null): Promise<readonly LostVariable[]> {
    await this.settled();
    this.#kept = snapshot;
    this.#forgetWorker();
    if (runner === null) return [];
    if (snapshot !== null) return this.#load(runner, snapshot);
    await runner.call({ type: 'reset' });
    return [];
  }

  /** Takes them as they are; null where they are what is kept. */
  async capture(runner: Runner): Promise<Capture | null> {
    const label = randomBytes(8).toString('hex');
    const path = `${HIDDEN}/${OUT}/${label}`;
    const written = runner.snapshotWritten(label);
    const reply = await runner
      .call({ type: 'snapshot', label, directory: path, full: this.#full })
      .catch((error: unknown) => {
        runner.noSnapshot(label);
        throw problemOf(error);
      });
    this.#changed = false;
    if (reply['unchanged'] === true) {
      runner.noSnapshot(label);
      return this.#latest;
    }
    this.#full = false;
    const done = this.#take(label, path, written);
    const capture = {
      pause: Number(reply['pause']) || 0,
      variables: parseVariables(reply['variables']),
      done,
    };
    this.#latest = capture;
    this.#writing = done.then(
      () => {
        if (this.#latest === capture) this.#latest = null;
      },
      () => undefined,
    );
    return capture;
  }

  #forgetWorker(): void {
    this.#changed = false;
    this.#intake = null;
    this.#latest = null;
    this.#unkept = [];
  }

  async #take(
    label: string,
    path: string,
    written: ReturnType<Runner['snapshotWritten']>,
  ): Promise<VariablesSnapshot> {
    this.#intake ??= new VariableIntake({
      store: this.store,
      root: this.workspace,
      restored: this.#kept,
      maxBytes: this.maxBytes(),
    });
    const intake = this.#intake;
    try {
      const result = await written;
      if (!result.ok) throw new UnsavedVariablesError(`${result.error}.`);
      const snapshot = await intake.take(label, path);
      if (this.#intake === intake) {
        this.#kept = snapshot;
        this.#unkept = snapshot.lost;
      }
      return snapshot;
    } catch (error) {
      this.#full = this.#changed = true;
      throw error;
    }
  }

  async #load(runner: Runner, snapshot: VariablesSnapshot): Promise<readonly LostVariable[]> {
    const reply = await runner.call({ type: 'restore' }, snapshot.manifest);
    return parseLost(reply['lost']);
  }
}

function problemOf(error: unknown): unknown {
  if (!(error instanceof PythonError)) return error;
  // As a fork says that there is no process to be had.
  if (error.ename === 'BlockingIOError') return new Error(NO_PROCESS, { cause: error });
  return new UnsavedVariablesError(`${error.message}.`, { cause: error });
}
