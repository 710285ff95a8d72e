import type { Display } from '../mime.js';

/**
 * What the wire asks of the kernel above it. The wire knows messages, channels and order; it does not know
 * what a cell means. Every method may be called while an execution runs; only `execute` calls queue.
 */
export interface Engine {
  kernelInfo(): KernelInfo;
  /** Runs one cell. Rejections are a bug in the engine: the wire answers them with an error reply. */
  execute(request: ExecuteRequest, run: Run): Promise<ExecuteOutcome>;
  /** `cursor` counts Unicode code points from the start of the code, as everywhere here. */
  complete(code: string, cursor: number): Promise<Completions>;
  inspect(code: string, cursor: number, detail: 0 | 1): Promise<Display | null>;
  isComplete(code: string): Promise<IsComplete>;
  /** Entries as `[session, line, input]` or `[session, line, [input, output]]`, oldest first. */
  history(request: HistoryRequest): Promise<HistoryEntry[]>;
  /** Called when a front end opens a comm on a target; `null` means the target is unknown. */
  openComm(target: string, comm: Comm, data: unknown): CommHandler | null;
  /** Stops what runs. Calling it while nothing runs does nothing. */
  interrupt(): void;
  /** Frees everything; the wire replies and exits afterwards. */
  shutdown(restart: boolean): Promise<void>;
}

/** An engine that loads after the first reply is out. */
export interface EngineLoader {
  kernelInfo(): KernelInfo;
  /** Called once, when the first request has been answered or needs the engine. After a failure it is called again. */
  load(): Promise<Engine>;
}

export interface KernelInfo {
  readonly implementation: string;
  readonly implementationVersion: string;
  readonly banner: string;
  readonly languageInfo: Record<string, unknown>;
  readonly helpLinks: readonly { readonly text: string; readonly url: string }[];
}

export interface ExecuteRequest {
  readonly code: string;
  readonly silent: boolean;
  readonly storeHistory: boolean;
  readonly allowStdin: boolean;
  readonly userExpressions: Readonly<Record<string, string>>;
  /** From Lab's request metadata; absent in other clients. */
  readonly cellId?: string;
  readonly deletedCells: readonly string[];
}

/** One execution's outputs: everything sent through it is a child of the request that started it. */
export interface Run {
  /** The number shown as `[n]`. */
  readonly executionCount: number;
  /** Aborted when the user interrupts or the kernel shuts down. */
  readonly signal: AbortSignal;
  stream(name: 'stdout' | 'stderr', text: string): void;
  display(display: Display, displayId?: string): void;
  /** Replaces an earlier display; the wire coalesces to at most 10 updates a second per id, the last one always sent. */
  update(display: Display, displayId: string): void;
  result(display: Display): void;
  clear(wait: boolean): void;
  /** Publishes what is still gathering, so that what is published next comes after it. */
  flush(): void;
  /** Asks the front end for a line. Rejects with StdinNotAllowedError where stdin is not allowed. */
  input(prompt: string, password?: boolean): Promise<string>;
  /** Adds a `set_next_input` payload to the reply. */
  nextInput(text: string, replace?: boolean): void;
  /** Adds a `page` payload to the reply: what a front end shows in its pager. */
  page(display: Display): void;
  /** Adds an `ask_exit` payload to the reply: a console ends, and the kernel that it started with it. */
  exit(): void;
}

/** What `Run.input` rejects with where the front end does not allow input requests. */
export class StdinNotAllowedError extends Error {
  override readonly name = 'StdinNotAllowedError';
  constructor() {
    super(
      'This front end takes no input while a cell runs. Run the cell in JupyterLab or a console, or put the value into it.',
    );
  }
}

export type ExecuteOutcome =
  | { readonly status: 'ok'; readonly userExpressions?: Record<string, unknown> }
  | {
      readonly status: 'error';
      readonly name: string;
      readonly message: string;
      readonly traceback: readonly string[];
    };

export interface Completions {
  readonly matches: readonly { readonly text: string; readonly type?: string; readonly signature?: string }[];
  /** Code-point offsets of the text that a match replaces. */
  readonly start: number;
  readonly end: number;
}

export type IsComplete =
  | { readonly status: 'complete' | 'invalid' | 'unknown' }
  | { readonly status: 'incomplete'; readonly indent: string };

export type HistoryRequest =
  | { readonly access: 'tail'; readonly n: number; readonly output: boolean }
  | {
      readonly access: 'range';
      readonly session: number;
      readonly start: number;
      readonly stop: number;
      readonly output: boolean;
    }
  | {
      readonly access: 'search';
      readonly pattern: string;
      readonly n: number;
      readonly unique: boolean;
      readonly output: boolean;
    };

export type HistoryEntry = readonly [
  session: number,
  line: number,
  input: string | readonly [string, string | null],
];

/** The kernel's end of an open comm. */
export interface Comm {
  readonly id: string;
  send(data: unknown, buffers?: readonly Uint8Array[]): void;
  close(data?: unknown): void;
}

export interface CommHandler {
  message(data: unknown, buffers: readonly Uint8Array[]): void;
  closed(): void;
}
