import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteAlways } from '../sql/quote.js';
import { split } from '../sql/split.js';
import type { Attachment } from '../types.js';
import type { Cancel } from './cancel.js';
import { exportCell, runCell, withGrants, type CellContext } from './run/cell.js';
import { describeTable } from './catalog/describe.js';
import { databaseError } from './failure.js';
import { loadFile } from './load/load.js';
import { checkOpenOnce } from './open/openOnce.js';
import { causeOf } from './open/attach.js';
import { OpenFile } from './open/openFile.js';
import { watchProgress } from './progress.js';
import type { CallEvent, CallName, Calls, FromProcess } from './protocol.js';
import { showFrame } from './frames/frameView.js';
import { secretsOf } from './open/secrets.js';
import { findSources } from './run/sources.js';
import { listKeys } from './catalog/keys.js';
import { listKeptTables, listTables, readCatalog } from './catalog/tables.js';

type Emit = (event: CallEvent) => void;
type Handlers = {
  [Name in CallName]: (
    params: Calls[Name]['params'],
    cancel: Cancel,
    emit: Emit,
  ) => Promise<Calls[Name]['result']>;
};

/** Answers the kernel's calls on the one database of this process. */
export class Engine {
  #file: OpenFile | null = null;
  /** Also those that could not be attached: the reason may repeat their address. */
  readonly #attached: Attachment[] = [];
  #held: Promise<void> | null = null;
  #unhold: () => void = () => undefined;
  #released: () => void = () => undefined;

  readonly #handlers: Handlers = {
    open: async ({ whole, ...state }) => {
      this.#attached.push(...state.attachments);
      this.#file = await OpenFile.open(state, whole).catch((error: unknown) => {
        throw causeOf(error);
      });
      return null;
    },
    query: (params, cancel, emit) => this.#turn(cancel, emit, (context) => runCell(context, params)),
    toParquet: (params, cancel, emit) => this.#turn(cancel, emit, (context) => exportCell(context, params)),
    page: ({ result, offset, count, options }) => this.#open().results.page(result, offset, count, options),
    exportResult: ({ result, file }) => this.#open().results.exportTo(result, file),
    tables: () => this.#open().look(listTables),
    keptTables: () => this.#open().look(listKeptTables),
    keys: () => this.#open().look(listKeys),
    catalog: () => this.#open().look(readCatalog),
    sources: ({ sql }) => {
      const file = this.#open();
      const frames = new Set(file.state.frames.map((frame) => frame.name));
      return file.look((connection) => findSources(connection, sql, frames));
    },
    describe: ({ table }, cancel) => this.#describe(table, cancel),
    load: (params, cancel, emit) => this.#load(params, cancel, emit),
    attach: async (attachment, cancel, emit) => {
      this.#attached.push(attachment);
      await this.#turn(cancel, emit, ({ file }) => {
        const others = file.state.attachments.filter((each) => each.alias !== attachment.alias);
        checkOpenOnce(attachment, file.state.file, others);
        return file.openAgain({ ...file.state, attachments: [...others, attachment] }, attachment.alias);
      }).catch((error: unknown) => {
        throw causeOf(error);
      });
      return null;
    },
    detach: async ({ alias }, cancel, emit) => {
      await this.#turn(cancel, emit, async ({ file }) => {
        await file.letGo(alias);
        await file.openAgain(file.state);
      });
      return null;
    },
    registerFrame: async (frame, cancel, emit) => {
      await this.#turn(cancel, emit, async ({ file }) => {
        await showFrame(file.work, frame);
        const others = file.state.frames.filter((each) => each.name !== frame.name);
        file.setState({ frames: [...others, frame] });
      });
      return null;
    },
    unregisterFrame: async ({ name }, cancel, emit) => {
      await this.#turn(cancel, emit, async ({ file }) => {
        await file.work.run(`DROP VIEW IF EXISTS temp.${quoteAlways(name)}`);
        file.setState({ frames: file.state.frames.filter((each) => each.name !== name) });
      });
      return null;
    },
    // It does not wait for `hold`: who holds writes waits for this flush, and never flushes while it copies.
    flush: async (_, cancel, emit) => {
      await this.#turn(cancel, emit, ({ file }) => file.flush());
      return null;
    },
    release: async (_, cancel) => {
      const file = this.#open();
      const done = await file.turns.hold();
      try {
        await this.#writable(cancel);
        await file.release();
      } catch (error) {
        done();
        throw error;
      }
      this.#released = done;
      return null;
    },
    reopen: async ({ file }) => {
      try {
        await this.#open().restore(file);
      } finally {
        this.#released();
      }
      return null;
    },
    setReadable: async (readable, cancel, emit) => {
      await this.#turn(cancel, emit, ({ file }) => file.setReadable(readable));
      return null;
    },
    close: async (_, cancel, emit) => {
      await this.#turn(cancel, emit, async ({ file, writable }) => {
        await writable();
        await file.close();
      });
      return null;
    },
  };

  call(name: CallName, params: unknown, cancel: Cancel, emit: Emit): Promise<unknown> {
    const handle = this.#handlers[name] as (params: unknown, cancel: Cancel, emit: Emit) => Promise<unknown>;
    return handle(params, cancel, emit);
  }

  /** From now on, writing waits for `unhold`. */
  hold(): void {
    this.#held ??= new Promise((resolve) => {
      this.#unhold = resolve;
    });
  }

  unhold(): void {
    this.#unhold();
    this.#held = null;
  }

  /** Takes what is secret out of what leaves the process. */
  redact(message: FromProcess): FromProcess {
    const state = this.#file?.state;
    const secrets = [...(state?.secrets ?? []), ...secretsOf(this.#attached)].filter(Boolean);
    if (secrets.length === 0) return message;
    const inText = (secret: string): string => JSON.stringify(secret).slice(1, -1);
    const text = secrets.reduce(
      (left, secret) => left.replaceAll(inText(secret), '***'),
      JSON.stringify(message),
    );
    return JSON.parse(text) as FromProcess;
  }

  async #describe(table: string, cancel: Cancel): Promise<Calls['describe']['result']> {
    const file = this.#open();
    const piece = split(table)[0] ?? { sql: table, start: 0, tokens: [] };
    const describe = (connection: DuckDBConnection, meant: string): Promise<Calls['describe']['result']> => {
      cancel.use(connection);
      return describeTable(connection, meant, cancel);
    };
    try {
      if (file.turns.busy) return await file.look((side) => describe(side, table));
      return await file.turns.take(() =>
        withGrants(file, piece, (meant) => describe(file.work, meant === piece ? table : meant.sql)),
      );
    } catch (error) {
      cancel.check();
      throw databaseError(error, table, piece);
    }
  }

  #load(params: Calls['load']['params'], cancel: Cancel, emit: Emit): Promise<Calls['load']['result']> {
    return this.#turn(cancel, emit, async ({ file, writable }) => {
      await writable();
      cancel.use(file.work);
      let done = 0;
      const stop = watchProgress(file.work, (fraction) => {
        // A file is read again where its values need another look: the bar does not go back.
        done = Math.max(done, fraction);
        emit({ kind: 'progress', fraction: done });
      });
      try {
        await file.allow([params.file]);
        return await loadFile(file.work, params, cancel);
      } catch (error) {
        cancel.check();
        if (error instanceof Error && 'table' in error) throw error;
        throw databaseError(error, '', { sql: '', start: 0, tokens: [] });
      } finally {
        stop();
      }
    });
  }

  #turn<T>(cancel: Cancel, emit: Emit, work: (context: CellContext) => Promise<T>): Promise<T> {
    const file = this.#open();
    const writable = (): Promise<void> => this.#writable(cancel);
    return file.turns.take(() => work({ file, cancel, emit, writable }));
  }

  async #writable(cancel: Cancel): Promise<void> {
    while (this.#held) await cancel.wait(this.#held);
  }

  #open(): OpenFile {
    if (!this.#file) throw new Error('The database is not open.');
    return this.#file;
  }
}
