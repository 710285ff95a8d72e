import { setTimeout } from 'node:timers/promises';
import type { Engine, ExecuteOutcome } from './engine.js';
import { errorContent } from './errorContent.js';
import { type ParsedExecute, parseExecute } from './executeRequest.js';
import type { IoPub } from './IoPub.js';
import { OutputRun } from './OutputRun.js';
import type { Request } from './request.js';
import type { Stdin } from './Stdin.js';

export interface ExecuteOptions {
  readonly iopub: IoPub;
  readonly stdin: Stdin;
  engine(): Promise<Engine>;
}

/**
 * Milliseconds without another execute after which the queue behind a failed cell counts as complete. Front ends send
 * all cells of *Run All* at once, but a cell can fail sooner than the others have made their way through the server.
 */
const GRACE = 10;
const MOST_ROUNDS = 20;

/** Milliseconds after a failure in which an execute that was sent before it may still arrive. */
const LATEST = 5000;

/** Milliseconds by which rounded dates may make an execute look sent earlier than it was. */
const ROUNDING = 2;

/** A failed cell: what tells whether an execute that comes later was sent before anybody could know of the failure. */
interface Failure {
  readonly session: string;
  /** When the cell was sent, by its sender's clock. */
  readonly date: number;
  /** When it came and when its reply went out, by this process's clock. */
  readonly arrived: number;
  readonly replied: number;
}

interface Waiting {
  readonly request: Request;
  readonly arrived: number;
}

/** What an interrupt before the engine had begun looks like. */
class KeyboardInterrupt extends Error {
  override readonly name = 'KeyboardInterrupt';
}

/**
 * Runs one execute at a time, in order. A failed one aborts those that were sent before it failed, also where they come
 * late, unless it says otherwise.
 */
export class ExecuteQueue {
  readonly #options: ExecuteOptions;
  #waiting: Waiting[] = [];
  #running: { request: Request; abort: AbortController } | null = null;
  #count = 0;
  #closed = false;
  #failure: Failure | null = null;
  #drained: Promise<void> = Promise.resolve();

  constructor(options: ExecuteOptions) {
    this.#options = options;
  }

  /** The request that runs. */
  get running(): Request | null {
    return this.#running?.request ?? null;
  }

  /** Resolves when nothing runs or waits any more. */
  get drained(): Promise<void> {
    return this.#drained;
  }

  add(request: Request): void {
    if (this.#closed || this.#failedBefore(request)) {
      this.#abort([request]);
      return;
    }
    this.#waiting.push({ request, arrived: performance.now() });
    if (this.#running === null) this.#drained = this.#drain();
  }

  /** Aborts the running execute's signal. */
  interrupt(): void {
    this.#running?.abort.abort(new KeyboardInterrupt('The cell was interrupted.'));
  }

  /** Stops what runs, and aborts what waits or still comes. */
  close(): void {
    this.#closed = true;
    this.interrupt();
    this.#abort(this.#takeWaiting());
  }

  async #drain(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const abort = new AbortController();
      this.#running = { request: next.request, abort };
      this.#abort(await this.#execute(next, abort.signal));
      this.#running = null;
    }
  }

  /** Runs one request from busy to idle; gives those that its failure aborts. */
  async #execute({ request, arrived }: Waiting, signal: AbortSignal): Promise<Request[]> {
    const { iopub } = this.#options;
    const started = new Date().toISOString();
    iopub.status('busy', request.parent);
    let execute: ParsedExecute | null = null;
    let run: OutputRun | null = null;
    let outcome: ExecuteOutcome;
    try {
      execute = parseExecute(request.content, request.metadata);
      run = this.#begin(execute, request, signal);
      outcome = await this.#outcome(execute, run);
    } catch (error) {
      const { ename: name, evalue: message, traceback } = errorContent(error);
      outcome = { status: 'error', name, message, traceback };
    }
    run?.finish();
    const failed = outcome.status === 'error' && execute?.silent !== true;
    if (failed) iopub.hold('error', outcomeContent(outcome), request.parent);
    const stops = failed && execute?.stopOnError !== false;
    if (stops) await this.#settled();
    const aborted = stops ? this.#takeWaiting() : [];
    await iopub.flushed();
    if (stops) {
      this.#failure = { session: request.session, date: request.date, arrived, replied: performance.now() };
    }
    request.reply({
      content: {
        status: outcome.status,
        execution_count: this.#count,
        ...outcomeContent(outcome),
        payload: run?.payload ?? [],
      },
      metadata: { started, status: outcome.status, dependencies_met: true },
    });
    iopub.status('idle', request.parent);
    return aborted;
  }

  #begin(execute: ParsedExecute, request: Request, signal: AbortSignal): OutputRun {
    const { iopub, stdin } = this.#options;
    if (execute.storeHistory) this.#count += 1;
    if (!execute.silent) {
      const content = { code: execute.code, execution_count: this.#count };
      iopub.announce('execute_input', content, request.parent);
    }
    return new OutputRun({
      executionCount: this.#count,
      signal,
      silent: execute.silent,
      publish: (type, content) => {
        iopub.hold(type, content, request.parent);
      },
      print: (name, text) => {
        iopub.holdText({ name, text }, request.parent);
      },
      ask: execute.allowStdin
        ? async (prompt, password) => {
            await iopub.flushed();
            return stdin.ask(request, prompt, password, signal);
          }
        : null,
    });
  }

  async #outcome(execute: ParsedExecute, run: OutputRun): Promise<ExecuteOutcome> {
    const engine = await this.#options.engine();
    run.signal.throwIfAborted();
    return engine.execute(execute, run);
  }

  /** Whether the sender made it before it could know of the last failure. Only its own clock is asked, so skew is no matter. */
  #failedBefore(request: Request): boolean {
    const failure = this.#failure;
    if (failure?.session !== request.session) return false;
    if (performance.now() - failure.replied > LATEST) return false;
    return request.date - failure.date < failure.replied - failure.arrived - ROUNDING;
  }

  async #settled(): Promise<void> {
    let known = -1;
    for (let round = 0; round < MOST_ROUNDS && this.#waiting.length > known; round += 1) {
      known = this.#waiting.length;
      await setTimeout(GRACE);
    }
  }

  #takeWaiting(): Request[] {
    return this.#waiting.splice(0).map(({ request }) => request);
  }

  #abort(requests: readonly Request[]): void {
    const { iopub } = this.#options;
    for (const request of requests) {
      iopub.status('busy', request.parent);
      request.reply({ content: { status: 'aborted' }, metadata: { status: 'aborted' } });
      iopub.status('idle', request.parent);
    }
  }
}

function outcomeContent(outcome: ExecuteOutcome): object {
  return outcome.status === 'ok'
    ? { user_expressions: outcome.userExpressions ?? {} }
    : { ename: outcome.name, evalue: outcome.message, traceback: outcome.traceback };
}
