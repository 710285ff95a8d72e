import type { ChildProcess } from 'node:child_process';
import { unlessAborted } from '../unlessAborted.js';
import { DatabaseLostError, DeadlineError, InterruptedError, fromWire } from './errors.js';
import type { CallEvent, CallName, Calls, FromProcess, ToProcess } from './process/protocol.js';

/** How long a statement may ignore an interrupt before its process is killed, in milliseconds. */
const PATIENCE = 2000;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. */
  readonly deadline?: number | undefined;
  readonly onEvent?: (event: CallEvent) => void;
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onEvent: ((event: CallEvent) => void) | undefined;
  /** Why it was interrupted, if it was. */
  stopped: Error | null;
}

/** The channel to one database process: calls with their replies, interrupts, and its end. */
export class ProcessConnection {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  /** Ends that are on their way: of calls that were interrupted, and of the process where it was killed. */
  readonly #ending = new Set<Promise<unknown>>();
  readonly #gone: Promise<unknown>;
  #next = 1;
  #lost: Error | null = null;
  #killed: string | null = null;

  constructor(child: ChildProcess, onLost: (reason: string) => void) {
    this.#child = child;
    this.#gone = new Promise((resolve) => child.once('exit', resolve));
    child.on('message', (message: FromProcess) => {
      this.#receive(message);
    });
    child.on('error', (error) => {
      this.#end(`The database process failed: ${error.message}.`, onLost);
    });
    child.on('exit', (code, signal) => {
      const how =
        signal === null
          ? `ended with code ${code ?? 0}.`
          : `was killed (${signal}); it may have run out of memory.`;
      this.#end(this.#killed ?? `The database process ${how}`, onLost);
    });
    child.unref();
    child.channel?.unref();
  }

  get lost(): boolean {
    return this.#lost !== null;
  }

  /** Whether something is about to end that may take the process along, or the process itself. */
  get stopping(): boolean {
    return !this.lost && this.#ending.size > 0;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Waits until all that was interrupted has ended: what is called before may be taken along by its end. The process may be
   * lost afterwards. Rejects with an InterruptedError where the signal aborts first.
   */
  async settle(signal?: AbortSignal): Promise<void> {
    await unlessAborted(Promise.allSettled(this.#ending), signal, () => new InterruptedError());
  }

  async call<Name extends CallName>(
    name: Name,
    params: Calls[Name]['params'],
    { signal, deadline, onEvent }: CallOptions = {},
  ): Promise<Calls[Name]['result']> {
    if (this.#lost) throw this.#lost;
    if (signal?.aborted === true) throw new InterruptedError();
    const id = this.#next;
    this.#next += 1;
    const result = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, onEvent, stopped: null });
    });
    this.#child.channel?.ref();
    this.send({ type: 'call', id, call: name, params });
    const interrupt = (): void => {
      this.#stop(id, result, new InterruptedError());
    };
    signal?.addEventListener('abort', interrupt, { once: true });
    const timer =
      deadline === undefined
        ? undefined
        : setTimeout(() => {
            this.#stop(id, result, new DeadlineError(deadline));
          }, deadline);
    try {
      return (await result) as Calls[Name]['result'];
    } finally {
      signal?.removeEventListener('abort', interrupt);
      clearTimeout(timer);
      if (this.#pending.size === 0) this.#child.channel?.unref();
    }
  }

  send(message: ToProcess): void {
    this.#child.send(message, (error) => {
      if (error && !this.#lost) this.kill(`The database process cannot be reached: ${error.message}.`);
    });
  }

  /** Ends the process at once. What it had committed is safe. */
  kill(reason: string): void {
    this.#killed ??= reason;
    this.#ending.add(this.#gone);
    this.#child.kill('SIGKILL');
  }

  /** Ends a process that has closed its file. */
  async end(): Promise<void> {
    if (this.#lost) return;
    this.#lost = new DatabaseLostError('The database was closed.');
    this.#child.ref();
    this.#child.disconnect();
    await this.#gone;
  }

  #receive(message: FromProcess): void {
    const pending = this.#pending.get(message.id);
    if (!pending) return;
    if (message.type === 'event') {
      pending.onEvent?.(message.event);
      return;
    }
    this.#pending.delete(message.id);
    if (message.ok) pending.resolve(message.result);
    else if (message.error.kind === 'interrupted') pending.reject(pending.stopped ?? new InterruptedError());
    else pending.reject(fromWire(message.error));
  }

  #stop(id: number, result: Promise<unknown>, why: Error): void {
    const pending = this.#pending.get(id);
    if (!pending || pending.stopped) return;
    pending.stopped = why;
    const ended = (): void => {
      this.#ending.delete(result);
    };
    this.#ending.add(result);
    result.then(ended, ended);
    this.send({ type: 'interrupt', id });
    const timer = setTimeout(() => {
      if (!this.#pending.has(id)) return;
      const cause = why instanceof DeadlineError ? 'ran past its deadline and' : 'was interrupted but';
      this.kill(`The statement ${cause} could not be stopped, so its process was ended.`);
    }, PATIENCE);
    timer.unref();
  }

  #end(reason: string, onLost: (reason: string) => void): void {
    if (this.#lost) return;
    const error = new DatabaseLostError(reason);
    this.#lost = error;
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
    onLost(reason);
  }
}
