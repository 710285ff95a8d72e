import type { CellKind, CellStatus } from '../contract.js';
import type {
  Comm,
  CommHandler,
  Completions,
  Engine,
  ExecuteOutcome,
  ExecuteRequest,
  HistoryEntry,
  HistoryRequest,
  IsComplete,
  KernelInfo,
  Run,
} from '../jupyter/engine.js';
import type { Display } from '../mime.js';
import { titleOf } from '../worldlines/graph/summaries.js';
import { COMM_TARGET } from '../contract.js';
import { withoutPasswords } from './sql/attachments.js';
import { CheckpointWriter } from './checkpoint/CheckpointWriter.js';
import { FrontEnd } from './comm/FrontEnd.js';
import { complete } from './completion/complete.js';
import { History } from './History.js';
import { inspect } from './inspect.js';
import { isComplete } from './reading/isComplete.js';
import type { Kernel } from './Kernel.js';
import { kernelInfo } from './kernelInfo.js';
import { toOutcome } from './outcome.js';
import { readCell } from './reading/readCell.js';
import { planCell, type AskResult } from './runCell.js';
import { RecordingRun } from './checkpoint/RecordingRun.js';
import { storeProblem } from './checkpoint/storeProblem.js';
import { userExpressions } from './userExpressions.js';

/** The kernel as the wire sees it. */
export class KernelEngine implements Engine {
  readonly #history = new History();
  readonly #checkpoints: CheckpointWriter;
  /** Makes a checkpoint of the cell that runs, as far as it has come; null where none runs that would have one. */
  #keepRunning: (() => Promise<unknown>) | null = null;

  constructor(private readonly kernel: Kernel) {
    this.#checkpoints = new CheckpointWriter(kernel);
  }

  kernelInfo(): KernelInfo {
    return kernelInfo();
  }

  async execute(request: ExecuteRequest, run: Run): Promise<ExecuteOutcome> {
    if (!request.silent && request.storeHistory) this.#history.add(run.executionCount, request.code);
    if (request.code.trim() === '') return this.#withExpressions(request, { status: 'ok' });
    return this.kernel.asCell(
      async () => this.#withExpressions(request, await this.#runCell(request, new RecordingRun(run))),
      run.signal,
    );
  }

  async #runCell(request: ExecuteRequest, run: RecordingRun): Promise<ExecuteOutcome> {
    const started = Date.now();
    let outcome: ExecuteOutcome = { status: 'ok' };
    let asked: AskResult | null = null;
    let kind: CellKind | null = null;
    let kept = null as Promise<unknown> | null;
    const { cellId } = request;
    const source = withoutPasswords(request.code);
    if (cellId !== undefined) this.kernel.outputs = () => ({ cellId, source, outputs: run.soFar() });
    try {
      const { defaultKind } = this.kernel;
      const parsed = readCell(request.code, defaultKind);
      const plan = planCell(parsed, defaultKind);
      kind = request.silent ? null : plan.kind;
      const runtime = await this.#checkpoints.begin(
        { title: titleOf(source), cellId: cellId ?? null },
        kind,
        run,
        request.allowStdin && !parsed.magics.some(({ name }) => name === 'resume'),
      );
      if (kind !== null)
        this.#keepRunning = () =>
          (kept ??= this.#checkpoints.cutOff({ kind: plan.kind ?? 'ask', request, run, started }));
      asked = await plan.run({ kernel: this.kernel, runtime, run, request, source: request.code });
      if (asked !== null && !request.silent) kind = 'ask' as const;
      if (asked?.failure) throw asked.failure;
      if (kind === null && !request.silent)
        this.kernel.looks.add(runtime.place.id, parsed.magics, source, run.outputs);
    } catch (error) {
      outcome = toOutcome(await this.#storeProblem(error));
      run.recordError(outcome.name, outcome.message, outcome.traceback);
    }
    this.#keepRunning = null;
    this.kernel.outputs = null;
    if (kind === null || kept !== null) return outcome;
    const status = statusOf(outcome, run.signal.aborted);
    return this.#checkpoints.commit({ kind, request, run, status, started, asked, outcome });
  }

  async #storeProblem(error: unknown): Promise<unknown> {
    const session = await this.kernel.session().catch(() => null);
    return storeProblem(error, this.kernel.paths.home, session?.removed ?? null);
  }

  async #withExpressions(request: ExecuteRequest, outcome: ExecuteOutcome): Promise<ExecuteOutcome> {
    if (outcome.status !== 'ok' || Object.keys(request.userExpressions).length === 0) return outcome;
    return { status: 'ok', userExpressions: await userExpressions(this.kernel, request.userExpressions) };
  }

  complete(code: string, cursor: number): Promise<Completions> {
    return complete(this.kernel, code, cursor);
  }

  inspect(code: string, cursor: number, detail: 0 | 1): Promise<Display | null> {
    return inspect(this.kernel, code, cursor, detail);
  }

  isComplete(code: string): Promise<IsComplete> {
    return isComplete(this.kernel, code);
  }

  history(request: HistoryRequest): Promise<HistoryEntry[]> {
    return Promise.resolve(this.#history.find(request));
  }

  openComm(target: string, comm: Comm): CommHandler | null {
    return target === COMM_TARGET ? new FrontEnd(this.kernel, comm) : null;
  }

  /** The wire aborts the signal of what runs; everything of a cell listens to it. */
  interrupt(): void {
    return undefined;
  }

  async shutdown(): Promise<void> {
    await this.#keepRunning?.();
    await this.kernel.close();
    this.#checkpoints.close();
  }
}

/** A run that a person stopped was interrupted, whichever button it was. */
function statusOf(outcome: ExecuteOutcome, aborted: boolean): CellStatus {
  if (outcome.status === 'ok') return 'ok';
  return aborted || outcome.name === 'Interrupted' ? 'interrupted' : 'error';
}
