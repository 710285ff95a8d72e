import { messageOf } from '../../messageOf.js';
import { log } from '../../jupyter/log.js';
import type { Session } from '../../worldlines/session/Session.js';
import type { Part } from '../../worldlines/types.js';
import type { Runtime } from '../Runtime.js';

/** How a step that may write is run. */
export type Steps = Pick<StepCheckpoints, 'around'>;

/** Makes a checkpoint after each step of a run that may have changed something, so that `%undo --step` can take it back. */
export class StepCheckpoints {
  /** The name of the step that runs, such as `r12`. */
  #step = '';

  constructor(
    private readonly session: Session,
    /** The worldline; its parts are there once a step has run. */
    private readonly line: string,
    private readonly runtime: Promise<Runtime>,
    /** The id of the checkpoint that the run will have. */
    private readonly run: string,
    private readonly cellId: string | null,
    private readonly signal: AbortSignal,
  ) {}

  /** Notes which step comes next; gives its name. */
  next(step: string): string {
    this.#step = step;
    return step;
  }

  /** Runs a step that may write. `source` is the step as a cell; its parts `untouched` cannot change by it. */
  async around<T>(source: string, untouched: readonly Part[], work: () => Promise<T>): Promise<T> {
    await this.session.ready('workspace', this.line);
    const started = Date.now();
    let failed = true;
    try {
      const result = await work();
      failed = false;
      return result;
    } finally {
      await this.#commit(source, untouched, started, failed);
    }
  }

  /** The checkpoint of the whole run follows in any case: that of a step may fail. */
  async #commit(source: string, untouched: readonly Part[], started: number, failed: boolean): Promise<void> {
    try {
      await this.session.commit(
        {
          kind: 'step',
          source,
          status: this.signal.aborted ? 'interrupted' : failed ? 'error' : 'ok',
          started,
          ended: Date.now(),
          executionCount: null,
          cellId: this.cellId,
          outputs: [],
          turns: [],
          run: { checkpoint: this.run, step: this.#step },
          untouched,
        },
        this.line,
      );
      (await this.runtime).holdWrites(this.session.ready('database', this.line));
    } catch (error) {
      log(`The checkpoint of a step could not be made: ${messageOf(error)}`);
    }
  }
}
