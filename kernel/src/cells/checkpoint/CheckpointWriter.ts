import type { CellKind, CellStatus } from '../../contract.js';
import type { ExecuteOutcome, ExecuteRequest } from '../../jupyter/engine.js';
import { log } from '../../jupyter/log.js';
import { unlessAborted } from '../../unlessAborted.js';
import type { Commit, Part } from '../../worldlines/types.js';
import { withoutPasswords } from '../sql/attachments.js';
import { cellTurns } from '../ask/cellTurns.js';
import { InterruptedCell } from '../errors.js';
import type { Kernel } from '../Kernel.js';
import { linesOf, type NotKept } from './notKept.js';
import { toOutcome } from '../outcome.js';
import type { RecordingRun } from './RecordingRun.js';
import type { AskResult } from '../runCell.js';
import type { Runtime } from '../Runtime.js';
import { storeProblem } from './storeProblem.js';

/** Milliseconds that a cell may wait before the person is told what for. */
const SLOW = 3000;
const CUT_OFF =
  'The kernel ended before this cell did. What it had shown, the files that it had written and what its SQL had committed are kept; variables are as they were before it.';

export interface FinishedCell {
  readonly kind: CellKind;
  readonly request: ExecuteRequest;
  readonly run: RecordingRun;
  readonly status: CellStatus;
  /** Milliseconds since the epoch. */
  readonly started: number;
  readonly asked: AskResult | null;
  readonly outcome: ExecuteOutcome;
  /** Parts that are left as they were before it. */
  readonly untouched?: readonly Part[];
}

/** Makes a checkpoint of every cell that may have changed something, and says what could not be kept. */
export class CheckpointWriter {
  readonly #saidLost = new Set<string>();
  #late: string[] = [];
  #greeted = false;

  constructor(private readonly kernel: Kernel) {}

  /**
   * Called before a cell runs: gives the parts of the active worldline, ready to be written to. `greets`: whether the first
   * cell says that there are earlier worldlines.
   */
  async begin(
    cell: { title: string; cellId: string | null },
    kind: CellKind | null,
    run: RecordingRun,
    greets: boolean,
  ): Promise<Runtime> {
    const session = await this.kernel.session();
    let runtime = await unlessAborted(this.kernel.active(), run.signal);
    if (kind !== null) {
      await this.#untilSaved(session.begin(cell, run.signal), run);
      await session.ready('workspace');
      // It may have been opened anew.
      runtime = await this.kernel.active();
    }
    await runtime.prepare();
    for (const text of [...session.takeNotes(), ...this.#late.splice(0)]) run.stream('stderr', `${text}\n`);
    if (!this.#greeted && greets && session.earlierRuns > 0) {
      run.stream(
        'stderr',
        'This is a fresh worldline. Earlier ones of this notebook are kept: %resume goes on with the last.\n',
      );
    }
    this.#greeted = true;
    return runtime;
  }

  /** Variables of gigabytes take a while: whoever waits for them is told why. */
  async #untilSaved(begun: Promise<void>, run: RecordingRun): Promise<void> {
    const timer = setTimeout(() => {
      run.stream(
        'stderr',
        'Waiting until what the last cell left is saved, so that nothing can take it away.\n',
      );
    }, SLOW);
    try {
      await begun;
    } catch (error) {
      if (run.signal.aborted) throw new InterruptedCell();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Called where the kernel ends and a cell does not: what it has shown so far becomes its checkpoint, with what it had
   * committed by then. Variables that it still works on cannot be read: they are taken as they were before it.
   */
  async cutOff(cell: Pick<FinishedCell, 'kind' | 'request' | 'run' | 'started'>): Promise<void> {
    const outcome = toOutcome(new InterruptedCell(CUT_OFF));
    cell.run.recordError(outcome.name, outcome.message, outcome.traceback);
    const untouched = ['variables'] as const;
    await this.commit({ ...cell, status: 'interrupted', asked: null, outcome, untouched });
  }

  /** Called when a cell has run: the reply waits for this. */
  async commit(cell: FinishedCell): Promise<ExecuteOutcome> {
    const { kind, request, run, status, started, asked, outcome, untouched } = cell;
    const source = withoutPasswords(request.code);
    try {
      const session = await this.kernel.session();
      const worldline = session.activeWorldline;
      const commit = await session.commit({
        ...(asked?.checkpoint === undefined ? {} : { id: asked.checkpoint }),
        kind,
        source,
        status,
        started,
        ended: Date.now(),
        executionCount: run.executionCount,
        cellId: request.cellId ?? null,
        outputs: [...run.outputs],
        turns: asked?.turns ?? cellTurns(kind, source, run.outputs),
        ...(asked === null ? {} : { asCells: asked.asCells }),
        ...(untouched === undefined ? {} : { untouched }),
      });
      const runtime = await this.kernel.active();
      runtime.holdWrites(session.ready('database', worldline));
      void this.#report(run.executionCount, commit);
      this.kernel.dataChanged();
      return outcome;
    } catch (error) {
      log(`The checkpoint could not be made: ${String(error)}`);
      const failed = toOutcome(storeProblem(error, this.kernel.paths.home, null));
      run.stream('stderr', `No checkpoint was made of this cell: ${failed.message}\n`);
      return outcome;
    }
  }

  /** Called at the end: nobody runs a next cell, and what it would have said goes to the log. */
  close(): void {
    this.#late.splice(0).forEach(log);
  }

  /**
   * What came up while state was written goes to the person with the next cell; a variable or file is named once. Of what
   * went wrong, it says for which cell.
   */
  async #report(executionCount: number, { recorded, saved }: Commit): Promise<void> {
    const { lost, skipped, problems } = await recorded;
    const files = skipped.map(({ path, reason }) => ({ name: path, reason }));
    this.#late.push(
      ...linesOf('variable', this.#unsaid('variable', lost)),
      ...linesOf('file', this.#unsaid('file', files)),
      ...problems.map((problem) => `Cell [${executionCount}]: ${problem}`),
    );
    // What the disk says comes when it says it: no cell waits for that.
    const later = (await saved).problems.slice(problems.length);
    this.#late.push(...later.map((problem) => `Cell [${executionCount}]: ${problem}`));
  }

  #unsaid(what: string, lost: readonly NotKept[]): NotKept[] {
    return lost.filter(({ name }) => {
      const key = `${what} ${name}`;
      if (this.#saidLost.has(key)) return false;
      this.#saidLost.add(key);
      return true;
    });
  }
}
