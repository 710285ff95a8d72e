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

/** What an interrupt before the engine had begun looks like. */
class KeyboardInterrupt extends Error {
  override readonly name = 'KeyboardInterrupt';
}

/** Runs one execute at a time, in order. A failed one aborts those that wait at that moment, unless it says otherwise. */
export class ExecuteQueue {
  readonly #options: ExecuteOptions;
  #waiting: Request[] = [];
  #running: { request: Request; abort: AbortController } | null = null;
  #count = 0;
  #closed = false;
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
    if (this.#closed) {
      this.#abort([request]);
      return;
    }
    this.#waiting.push(request);
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
    this.#abort(this.#waiting.splice(0));
  }

  async #drain(): Promise<void> {
    for (let request = this.#waiting.shift(); request !== undefined; request = this.#waiting.shift()) {
      const abort = new AbortController();
      this.#running = { request, abort };
      this.#abort(await this.#execute(request, abort.signal));
      this.#running = null;
    }
  }

  /** Runs one request from busy to idle; gives those that its failure aborts. */
  async #execute(request: Request, signal: AbortSignal): Promise<Request[]> {
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
    if (failed) iopub.publish('error', outcomeContent(outcome), request.parent);
    const aborted = failed && execute?.stopOnError !== false ? await this.#takeWaiting() : [];
    await iopub.flushed();
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
      iopub.publish('execute_input', content, request.parent);
    }
    return new OutputRun({
      executionCount: this.#count,
      signal,
      silent: execute.silent,
      publish: (type, content) => {
        iopub.publish(type, content, request.parent);
      },
      ask: execute.allowStdin ? (prompt, password) => stdin.ask(request, prompt, password, signal) : null,
    });
  }

  async #outcome(execute: ParsedExecute, run: OutputRun): Promise<ExecuteOutcome> {
    const engine = await this.#options.engine();
    run.signal.throwIfAborted();
    return engine.execute(execute, run);
  }

  async #takeWaiting(): Promise<Request[]> {
    let known = -1;
    for (let round = 0; round < MOST_ROUNDS && this.#waiting.length > known; round += 1) {
      known = this.#waiting.length;
      await setTimeout(GRACE);
    }
    return this.#waiting.splice(0);
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
