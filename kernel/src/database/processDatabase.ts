import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ProcessConnection, type CallOptions } from './connection.js';
import { readIterations } from './fileHeader.js';
import { launch } from './launch.js';
import type { CallName, Calls, OpenState } from './process/protocol.js';
import type {
  Attachment,
  Catalog,
  Database,
  Exported,
  ExportOptions,
  LoadOptions,
  LoadResult,
  OpenOptions,
  Page,
  PageOptions,
  QueryOptions,
  Readable,
  RunOptions,
  Sources,
  StatementResult,
  TableDescription,
  TableKey,
  TableSummary,
} from './types.js';

const DEFAULT_MEMORY = 2 * 1024 ** 3;
const DEFAULT_LIMIT = 50;

/** The kernel's side: starts the process, keeps what it has to know to open the file again, and passes calls on. */
export class ProcessDatabase implements Database {
  readonly #onLost: (reason: string) => void;
  #state: OpenState;
  #connection: Promise<ProcessConnection> | null = null;
  #holds = 0;
  #heldIn: ProcessConnection | null = null;
  /** Those of the file when it was last flushed, or first opened. */
  #iterations: string | null = null;
  #pid: number | undefined;
  #opened = false;

  constructor(options: OpenOptions) {
    this.#onLost = options.onLost ?? (() => undefined);
    this.#state = {
      file: resolve(options.file),
      workspace: resolve(options.workspace),
      readable: options.readable,
      tempDirectory: resolve(options.tempDirectory ?? `${options.file}.tmp`),
      memoryLimit: options.memoryLimit ?? DEFAULT_MEMORY,
      threads: options.threads ?? null,
      timeZone: options.timeZone ?? 'UTC',
      attachments: options.attachments ?? [],
      secrets: options.secrets ?? [],
      frames: [],
    };
  }

  get pid(): number | undefined {
    return this.#pid;
  }

  async start(): Promise<void> {
    await this.#open();
  }

  async query(sql: string, options: QueryOptions): Promise<StatementResult[]> {
    const { author, limit = DEFAULT_LIMIT, parameters = null, onPage, onResult, onProgress } = options;
    const results: StatementResult[] = [];
    const add = (result: StatementResult): void => {
      results.push(result);
      onResult?.(result);
    };
    const params = { sql, author, limit, parameters };
    const last = await this.#call('query', params, {
      ...running(options),
      onEvent: (event) => {
        if (event.kind === 'page') onPage?.(event.page);
        else if (event.kind === 'result') add(event.result);
        else onProgress?.(event.fraction);
      },
    });
    if (last !== null) add(last);
    return results;
  }

  page(result: string, offset: number, count: number, options: PageOptions = {}): Promise<Page> {
    return this.#call('page', { result, offset, count, options });
  }

  exportResult(result: string, file: string): Promise<{ rows: number }> {
    return this.#call('exportResult', { result, file: resolve(this.#state.workspace, file) });
  }

  tables(): Promise<TableSummary[]> {
    return this.#call('tables', null);
  }

  keptTables(): Promise<TableSummary[]> {
    return this.#call('keptTables', null);
  }

  keys(): Promise<TableKey[]> {
    return this.#call('keys', null);
  }

  describe(table: string, options: RunOptions = {}): Promise<TableDescription> {
    return this.#call('describe', { table }, running(options));
  }

  catalog(): Promise<Catalog> {
    return this.#call('catalog', null);
  }

  sources(sql: string): Promise<Sources> {
    return this.#call('sources', { sql });
  }

  async load(file: string, options: LoadOptions = {}): Promise<LoadResult> {
    const path = resolve(this.#state.workspace, file);
    if (!this.#state.readable.files.includes(path)) {
      await this.setReadable({ ...this.#state.readable, files: [...this.#state.readable.files, path] });
    }
    const { onProgress, signal, deadline, ...asked } = options;
    return this.#call(
      'load',
      { file: path, ...asked },
      {
        signal,
        deadline,
        onEvent: (event) => {
          if (event.kind === 'progress') onProgress?.(event.fraction);
        },
      },
    );
  }

  get attached(): readonly string[] {
    return this.#state.attachments.map(({ alias }) => alias);
  }

  async attach(attachment: Attachment): Promise<void> {
    await this.#call('attach', attachment);
    const others = this.#state.attachments.filter(({ alias }) => alias !== attachment.alias);
    this.#state = { ...this.#state, attachments: [...others, attachment] };
  }

  async detach(alias: string): Promise<void> {
    await this.#call('detach', { alias });
    const attachments = this.#state.attachments.filter((each) => each.alias !== alias);
    this.#state = { ...this.#state, attachments };
  }

  toParquet(sql: string, file: string, options: ExportOptions): Promise<Exported> {
    return this.#call(
      'toParquet',
      {
        sql,
        file: resolve(this.#state.workspace, file),
        author: options.author,
        byCode: options.byCode ?? false,
        parameters: options.parameters ?? null,
      },
      {
        ...running(options),
        onEvent: (event) => {
          if (event.kind === 'progress') options.onProgress?.(event.fraction);
        },
      },
    );
  }

  async registerFrame(name: string, file: string): Promise<void> {
    const frame = { name, file: resolve(this.#state.workspace, file) };
    await this.#call('registerFrame', frame);
    this.#state = {
      ...this.#state,
      frames: [...this.#state.frames.filter((each) => each.name !== name), frame],
    };
  }

  async unregisterFrame(name: string): Promise<void> {
    if (!this.#state.frames.some((frame) => frame.name === name)) return;
    await this.#call('unregisterFrame', { name });
    this.#state = { ...this.#state, frames: this.#state.frames.filter((frame) => frame.name !== name) };
  }

  changed(): boolean {
    const { file } = this.#state;
    if (existsSync(`${file}.wal`)) return true;
    // Where it was closed to be opened again, or somebody ran CHECKPOINT, there is no log any more.
    return this.#iterations !== null && existsSync(file) && readIterations(file) !== this.#iterations;
  }

  async flush(): Promise<{ changed: boolean }> {
    if (this.#connection === null && !this.changed()) return { changed: false };
    await this.#call('flush', null);
    return { changed: this.#noteIterations() };
  }

  /** The process hears of it with the next call, if that comes before the end of it. */
  holdWrites(until: Promise<unknown>): void {
    this.#holds += 1;
    const release = (): void => {
      this.#holds -= 1;
      if (this.#holds > 0 || this.#heldIn === null) return;
      if (!this.#heldIn.lost) this.#heldIn.send({ type: 'unhold' });
      this.#heldIn = null;
    };
    until.then(release, release);
  }

  async replace(change: (file: string) => Promise<string | undefined>): Promise<void> {
    const connection = await this.#settled();
    await connection.call('release', null);
    try {
      const file = await change(this.#state.file);
      if (file !== undefined) this.#state = { ...this.#state, file: resolve(file) };
    } finally {
      await connection.call('reopen', { file: this.#state.file });
      this.#noteIterations();
    }
  }

  async setReadable(readable: Readable): Promise<void> {
    this.#state = { ...this.#state, readable };
    if (this.#connection) await this.#call('setReadable', readable);
  }

  async close(): Promise<void> {
    if (!this.#connection) return;
    const connection = await this.#connection;
    await connection.settle();
    this.#connection = null;
    if (connection.lost) return;
    this.#tellHold(connection);
    await connection.call('close', null);
    await connection.end();
  }

  async #call<Name extends CallName>(
    name: Name,
    params: Calls[Name]['params'],
    options?: CallOptions,
  ): Promise<Calls[Name]['result']> {
    const connection = await this.#settled(options?.signal);
    return connection.call(name, params, options);
  }

  /** A process in which nothing is about to be stopped, and that knows whether it may write. */
  async #settled(signal?: AbortSignal): Promise<ProcessConnection> {
    let connection = await this.#open();
    while (connection.stopping) {
      await connection.settle(signal);
      connection = await this.#open();
    }
    this.#tellHold(connection);
    return connection;
  }

  #tellHold(connection: ProcessConnection): void {
    if (this.#holds === 0 || this.#heldIn === connection) return;
    connection.send({ type: 'hold' });
    this.#heldIn = connection;
  }

  /** The running process; starts one, and opens the file, where there is none. */
  #open(): Promise<ProcessConnection> {
    this.#connection ??= this.#start();
    return this.#connection;
  }

  async #start(): Promise<ProcessConnection> {
    try {
      const connection = new ProcessConnection(await launch(), (reason) => {
        this.#connection = null;
        this.#onLost(reason);
      });
      this.#pid = connection.pid;
      await connection.call('open', { ...this.#state, whole: !this.#opened });
      this.#opened = true;
      // Where a process was lost, it may have written what was not flushed since.
      if (this.#iterations === null) this.#noteIterations();
      return connection;
    } catch (error) {
      this.#connection = null;
      throw error;
    }
  }

  /** Says whether the file was written since the last time. */
  #noteIterations(): boolean {
    const now = readIterations(this.#state.file);
    const changed = now !== this.#iterations;
    this.#iterations = now;
    return changed;
  }
}

function running({ signal, deadline }: RunOptions): CallOptions {
  return { signal, deadline };
}
