import type { Display } from '../mime.js';
import { DisplayUpdates } from './DisplayUpdates.js';
import { type Run, StdinNotAllowedError } from './engine.js';
import { log } from './log.js';
import { StreamBuffer, type StreamName } from './StreamBuffer.js';

export interface RunOptions {
  readonly executionCount: number;
  readonly signal: AbortSignal;
  /** Where true, nothing is published. */
  readonly silent: boolean;
  /** Publishes as a child of the request. */
  readonly publish: (type: string, content: object) => void;
  /** Publishes printed text. */
  readonly print: (name: StreamName, text: string) => void;
  /** Asks the front end; null where it does not allow that. */
  readonly ask: ((prompt: string, password: boolean) => Promise<string>) | null;
}

/** The outputs of one execution, in order and coalesced. After `finish`, what still comes is dropped and logged. */
export class OutputRun implements Run {
  readonly executionCount: number;
  readonly signal: AbortSignal;
  /** The payloads of the reply. */
  readonly payload: object[] = [];
  readonly #options: RunOptions;
  readonly #streams: StreamBuffer;
  readonly #updates: DisplayUpdates;
  #finished = false;

  constructor(options: RunOptions) {
    this.#options = options;
    this.executionCount = options.executionCount;
    this.signal = options.signal;
    this.#streams = new StreamBuffer(options.print);
    this.#updates = new DisplayUpdates((display, displayId) => {
      options.publish('update_display_data', content(display, displayId));
    });
  }

  stream(name: StreamName, text: string): void {
    if (this.#mayPublish('stream')) this.#streams.write(name, text);
  }

  display(display: Display, displayId?: string): void {
    if (!this.#mayPublish('display_data')) return;
    this.#streams.flush();
    if (displayId !== undefined) this.#updates.flush(displayId);
    this.#options.publish('display_data', content(display, displayId));
  }

  update(display: Display, displayId: string): void {
    if (this.#mayPublish('update_display_data')) this.#updates.update(display, displayId);
  }

  result(display: Display): void {
    if (!this.#mayPublish('execute_result')) return;
    this.#streams.flush();
    const count = { execution_count: this.executionCount };
    this.#options.publish('execute_result', { ...count, ...content(display) });
  }

  clear(wait: boolean): void {
    if (!this.#mayPublish('clear_output')) return;
    this.#streams.flush();
    this.#options.publish('clear_output', { wait });
  }

  async input(prompt: string, password = false): Promise<string> {
    const { ask } = this.#options;
    if (ask === null || this.#finished) throw new StdinNotAllowedError();
    this.#streams.flush();
    return ask(prompt, password);
  }

  nextInput(text: string, replace = false): void {
    this.payload.push({ source: 'set_next_input', text, replace });
  }

  page(display: Display): void {
    this.payload.push({ source: 'page', data: display.data, start: 0 });
  }

  exit(): void {
    this.payload.push({ source: 'ask_exit', keepkernel: false });
  }

  flush(): void {
    this.#streams.flush();
    this.#updates.flush();
  }

  /** Sends all that has gathered and ends the run. */
  finish(): void {
    this.flush();
    this.#finished = true;
  }

  #mayPublish(type: string): boolean {
    if (this.#finished) log(`A ${type} came after its cell had ended and was dropped.`);
    return !this.#finished && !this.#options.silent;
  }
}

function content(display: Display, displayId?: string): object {
  return {
    data: display.data,
    metadata: display.metadata ?? {},
    transient: displayId === undefined ? {} : { display_id: displayId },
  };
}
