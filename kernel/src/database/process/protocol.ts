import type {
  Attachment,
  Author,
  Catalog,
  CsvOptions,
  Exported,
  FirstPage,
  LoadOptions,
  LoadResult,
  Page,
  PageOptions,
  Readable,
  Sources,
  StatementResult,
  TableDescription,
  TableKey,
  TableSummary,
} from '../types.js';
import type { WireError } from '../errors.js';

/** How the database process opens its file. Everything that it has to know to open it again after it died. */
export interface OpenState {
  readonly file: string;
  readonly workspace: string;
  readonly readable: Readable;
  readonly tempDirectory: string;
  readonly memoryLimit: number;
  readonly threads: number | null;
  readonly timeZone: string;
  readonly attachments: readonly Attachment[];
  readonly secrets: readonly string[];
  readonly frames: readonly Frame[];
}

export interface Frame {
  readonly name: string;
  readonly file: string;
}

/** Every call that the kernel makes, with what it takes and gives. */
export interface Calls {
  /** `whole`: fails where something cannot be attached; else that is left out, and told of with the next result. */
  open: { params: OpenState & { readonly whole: boolean }; result: null };
  /** Gives what the last statement gave; those before it are told as events. */
  query: {
    params: { sql: string; author: Author; limit: number; parameters: string | null };
    result: StatementResult | null;
  };
  page: { params: { result: string; offset: number; count: number; options: PageOptions }; result: Page };
  exportResult: { params: { result: string; file: string }; result: { rows: number } };
  tables: { params: null; result: TableSummary[] };
  keptTables: { params: null; result: TableSummary[] };
  keys: { params: null; result: TableKey[] };
  describe: { params: { table: string }; result: TableDescription };
  catalog: { params: null; result: Catalog };
  sources: { params: { sql: string }; result: Sources };
  load: {
    params: { file: string } & Pick<LoadOptions, 'table' | 'mode'> & CsvOptions;
    result: LoadResult;
  };
  attach: { params: Attachment; result: null };
  detach: { params: { alias: string }; result: null };
  toParquet: {
    params: { sql: string; file: string; author: Author; byCode: boolean; parameters: string | null };
    result: Exported;
  };
  registerFrame: { params: Frame; result: null };
  unregisterFrame: { params: { name: string }; result: null };
  flush: { params: null; result: null };
  /** Flushes and closes the file; every other call waits until `reopen`. */
  release: { params: null; result: null };
  reopen: { params: { file: string }; result: null };
  setReadable: { params: Readable; result: null };
  close: { params: null; result: null };
}
export type CallName = keyof Calls;

export type ToProcess =
  | { readonly type: 'call'; readonly id: number; readonly call: CallName; readonly params: unknown }
  | { readonly type: 'interrupt'; readonly id: number }
  | { readonly type: 'hold' }
  | { readonly type: 'unhold' };

/** What a call reports before it ends. */
export type CallEvent =
  | { readonly kind: 'page'; readonly page: FirstPage }
  | { readonly kind: 'result'; readonly result: StatementResult }
  | { readonly kind: 'progress'; readonly fraction: number };

export type FromProcess =
  | { readonly type: 'reply'; readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly type: 'reply'; readonly id: number; readonly ok: false; readonly error: WireError }
  | { readonly type: 'event'; readonly id: number; readonly event: CallEvent };
