import type { Duplex } from 'node:stream';
import { BUILD, ProtocolError, PythonError, SandboxGoneError, WorkerDiedError } from '../errors.js';
import { Demultiplexer } from './Demultiplexer.js';
import { FrameReader, packFrame, type Frame } from './frames.js';

/** What the frames of a running cell are given to. */
export interface CellFrames {
  frame(frame: Frame): void;
}
export type CellEnd =
  | {
      readonly type: 'done';
      readonly status: 'ok' | 'error' | 'interrupted';
      readonly milliseconds: number;
      /** The variables were seen to be what the latest snapshot took. */
      readonly unchanged: boolean;
      /** The cell did nothing but show variables. */
      readonly shown: boolean;
      /** Files of figures that the cell showed as well, relative to the workspace. */
      readonly charts: readonly string[];
    }
  | {
      readonly type: 'died';
      readonly cause: 'exit' | 'signal' | 'memory';
      readonly code: number;
      /** What Python's faulthandler wrote of it; '' where it had nothing to say. */
      readonly crash: string;
    }
  | { readonly type: 'gone'; readonly reason: string };

/** Bytes that are read of what a crash left. */
const MAX_CRASH = 16 * 1024;

interface Call {
  resolve(reply: Record<string, unknown>): void;
  reject(error: Error): void;
}
type Snapshot = { readonly ok: true } | { readonly ok: false; readonly error: string };

/** The host's end of the protocol: sends frames, and gives each that comes to whoever waits for it. */
export class Runner {
  /** Resolves when a first cell can run; rejects where the container ends before. */
  readonly ready: Promise<void>;
  /** Resolves when nothing is left to be warmed, or the connection is over. Never rejects. */
  readonly warm: Promise<void>;
  /** Resolves with the reason when the connection is over. Never rejects. */
  readonly closed: Promise<string>;
  #id = 0;
  #isClosed = false;
  #stderr = '';
  #cell: { id: number; frames: CellFrames; end: (end: CellEnd) => void } | null = null;
  readonly #calls = new Map<number, Call>();
  #diedUnseen = false;
  readonly #snapshots = new Map<string, (result: Snapshot) => void>();
  #setReady!: () => void;
  #failReady!: (error: Error) => void;
  #setWarm!: () => void;
  #setClosed!: (reason: string) => void;

  constructor(private readonly stream: Duplex) {
    this.ready = new Promise((resolve, reject) => {
      this.#setReady = resolve;
      this.#failReady = reject;
    });
    this.ready.catch(() => undefined);
    this.warm = new Promise((resolve) => {
      this.#setWarm = resolve;
    });
    this.closed = new Promise((resolve) => {
      this.#setClosed = resolve;
    });
    const reader = new FrameReader();
    const demultiplexer = new Demultiplexer((source, data) => {
      if (source === 2) this.#stderr = (this.#stderr + data.toString('utf8')).slice(-4000);
      else for (const frame of reader.feed(data)) this.#receive(frame);
    });
    stream.on('data', (chunk: Buffer) => {
      try {
        demultiplexer.feed(chunk);
      } catch (error) {
        this.#close(error instanceof ProtocolError ? error.message : String(error));
      }
    });
    stream.on('end', () => {
      this.#close('the container ended');
    });
    stream.on('close', () => {
      this.#close('the container ended');
    });
    stream.on('error', (error: Error) => {
      this.#close(error.message);
    });
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The last lines that the supervisor itself wrote to its stderr: why it ended, where it says so. */
  get lastWords(): string {
    return this.#stderr.trim();
  }

  /**
   * Asks for something and gives the reply; rejects with a PythonError, a WorkerDiedError or a SandboxGoneError. Has no
   * deadline: whoever calls keeps one.
   */
  call(
    header: { readonly type: string } & Record<string, unknown>,
    payload?: Uint8Array,
  ): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      const id = ++this.#id;
      this.#send({ ...header, id }, payload);
      if (this.#isClosed) reject(new SandboxGoneError('The sandbox is gone.'));
      else this.#calls.set(id, { resolve, reject });
    });
  }

  /** Runs one cell; `frames` gets what comes of it, in order. Never rejects. */
  execute(code: string, options: { cell: string; stdin: boolean }, frames: CellFrames): Promise<CellEnd> {
    return new Promise((resolve) => {
      const id = ++this.#id;
      this.#cell = { id, frames, end: resolve };
      this.#send({ type: 'execute', id, ...options }, Buffer.from(code));
      if (this.#isClosed) this.#endCell({ type: 'gone', reason: 'it ended before the cell' });
    });
  }

  interrupt(): void {
    this.#send({ type: 'interrupt' });
  }

  /** Kills the worker and all that it started; another worker comes. */
  kill(): void {
    this.#send({ type: 'kill' });
  }

  answer(request: unknown, answer: { ok: true; value: unknown } | { ok: false; error: string }): void {
    this.#send({ type: 'answer', request, ...answer });
  }

  /** Whether the worker died while nobody waited for it, so that a fresh one has nothing of it; told once. */
  takeUnseenDeath(): boolean {
    const died = this.#diedUnseen;
    this.#diedUnseen = false;
    return died;
  }

  /** Resolves when the files of a snapshot are complete. */
  snapshotWritten(label: string): Promise<Snapshot> {
    return new Promise((resolve) => {
      if (this.#isClosed) resolve({ ok: false, error: 'the sandbox is gone' });
      else this.#snapshots.set(label, resolve);
    });
  }

  /** There will be no such snapshot. */
  noSnapshot(label: string): void {
    this.#snapshots.delete(label);
  }

  end(): void {
    this.#close('closed');
    this.stream.destroy();
  }

  #send(header: { readonly type: string } & Record<string, unknown>, payload?: Uint8Array): void {
    const frame = packFrame(header, payload);
    if (!this.#isClosed && this.stream.writable) this.stream.write(frame);
  }

  #receive({ header, payload }: Frame): void {
    switch (header.type) {
      case 'ready':
        if (header['protocol'] === 1) this.#setReady();
        else this.#close(`the image is of another version. Build it again: ${BUILD}`);
        break;
      case 'warm':
        this.#setWarm();
        break;
      case 'reply':
        this.#reply(header, payload);
        break;
      case 'done': {
        const { status, milliseconds, unchanged, shown, charts } = header;
        if (status !== 'ok' && status !== 'error' && status !== 'interrupted')
          throw new ProtocolError('The runner ended a cell without a status.');
        if (this.#cell?.id === header['id'])
          this.#endCell({
            type: 'done',
            status,
            milliseconds: Number(milliseconds) || 0,
            unchanged: unchanged === true,
            shown: shown === true,
            charts: Array.isArray(charts) ? charts.filter((path) => typeof path === 'string') : [],
          });
        break;
      }
      case 'died':
        this.#died(header, payload);
        break;
      case 'snapshot': {
        const { label, ok, error } = header;
        if (typeof label !== 'string') break;
        this.#snapshots.get(label)?.(ok === true ? { ok } : { ok: false, error: String(error) });
        this.#snapshots.delete(label);
        break;
      }
      default:
        if (this.#cell !== null && this.#cell.id === header['id'])
          this.#cell.frames.frame({ header, payload });
    }
  }

  #reply(header: Frame['header'], payload: Buffer): void {
    const id = Number(header['id']);
    const call = this.#calls.get(id);
    if (call === undefined) return;
    this.#calls.delete(id);
    const fields: unknown = JSON.parse(payload.toString('utf8'));
    if (typeof fields !== 'object' || fields === null)
      throw new ProtocolError('The runner sent a reply without fields.');
    const { error } = fields as { error?: { ename?: unknown; evalue?: unknown } };
    if (error === undefined) call.resolve(fields as Record<string, unknown>);
    else call.reject(new PythonError(String(error.ename), String(error.evalue)));
  }

  #died(header: Frame['header'], payload: Buffer): void {
    const cause = header['cause'] === 'memory' || header['cause'] === 'signal' ? header['cause'] : 'exit';
    const code = Number(header['code']) || 0;
    this.#diedUnseen = this.#cell === null && this.#calls.size === 0;
    this.#endCell({ type: 'died', cause, code, crash: payload.toString('utf8', 0, MAX_CRASH) });
    this.#failCalls(new WorkerDiedError(cause, code));
  }

  #endCell(end: CellEnd): void {
    const cell = this.#cell;
    this.#cell = null;
    cell?.end(end);
  }

  #failCalls(error: Error): void {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.reject(error);
  }

  #close(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.stream.destroy();
    const gone = new SandboxGoneError(`The sandbox is gone: ${reason}.`);
    this.#failReady(gone);
    this.#setWarm();
    this.#endCell({ type: 'gone', reason });
    this.#failCalls(gone);
    for (const resolve of this.#snapshots.values()) resolve({ ok: false, error: reason });
    this.#snapshots.clear();
    this.#setClosed(reason);
  }
}
