import type { WireError } from '../errors.js';
import type { Cancel } from './cancel.js';
import { runCell } from './cell.js';
import { OpenFile } from './openFile.js';
import type { CallEvent, CallName, Calls } from './protocol.js';
import { listTables, readCatalog } from './tables.js';

type Emit = (event: CallEvent) => void;

/** Answers the kernel's calls on the one database of this process. */
export class Engine {
  #file: OpenFile | null = null;
  #held: Promise<void> | null = null;
  #unhold: () => void = () => undefined;
  #released: () => void = () => undefined;

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

  /** Takes what is secret out of an error. */
  redact(error: WireError): WireError {
    const secrets = this.#file?.state.secrets ?? [];
    const clean = (text: string): string =>
      secrets.reduce((left, secret) => left.replaceAll(secret, '***'), text);
    return {
      ...error,
      message: clean(error.message),
      ...(error.sql === undefined ? {} : { sql: clean(error.sql) }),
    };
  }

  async call(name: CallName, params: unknown, cancel: Cancel, emit: Emit): Promise<unknown> {
    switch (name) {
      case 'open':
        this.#file = await OpenFile.open(params as Calls['open']['params']);
        return null;
      case 'query':
        return this.#turn((file) =>
          runCell(file, params as Calls['query']['params'], cancel, emit, () => this.#writable()),
        );
      case 'page': {
        const { result, offset, count, options } = params as Calls['page']['params'];
        return this.#open().results.page(result, offset, count, options);
      }
      case 'tables':
        return this.#open().look(listTables);
      case 'catalog':
        return this.#open().look(readCatalog);
      case 'flush':
        return this.#turn(async (file) => {
          await this.#writable();
          return file.flush();
        });
      case 'release': {
        const file = this.#open();
        this.#released = await file.turns.hold();
        await this.#writable();
        await file.release();
        return null;
      }
      case 'reopen':
        await this.#open().restore((params as Calls['reopen']['params']).file);
        this.#released();
        return null;
      case 'setReadable':
        return this.#turn(async (file) => {
          await file.setReadable(params as Calls['setReadable']['params']);
          return null;
        });
      case 'close':
        return this.#turn(async (file) => {
          await this.#writable();
          await file.close();
          return null;
        });
      default:
        throw new Error(`not there yet: ${name}`);
    }
  }

  #turn<T>(work: (file: OpenFile) => Promise<T>): Promise<T> {
    const file = this.#open();
    return file.turns.take(() => work(file));
  }

  async #writable(): Promise<void> {
    await this.#held;
  }

  #open(): OpenFile {
    if (!this.#file) throw new Error('The database is not open.');
    return this.#file;
  }
}
