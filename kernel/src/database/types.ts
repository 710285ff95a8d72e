/** Who wrote the statement: it decides which gate it passes. */
export type Author = 'user' | 'model';

/** How a column's values are shown and aligned. */
export type ColumnKind = 'number' | 'text' | 'boolean' | 'temporal' | 'binary' | 'nested' | 'other';

export interface Column {
  readonly name: string;
  /** DuckDB's own name of the type, such as `DECIMAL(18,3)`. */
  readonly type: string;
  readonly kind: ColumnKind;
}

/** A value as exact text (ISO dates, full decimals, JSON-like nested values, size and hex for binary); `null` is SQL NULL. */
export type CellText = string | null;

/** The rows `offset … offset + rows.length` of a result. */
export interface Page {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly CellText[])[];
  readonly offset: number;
  /** Rows in the whole result, or of those that pass the page's filter. */
  readonly total: number;
}

/** The first rows of a result of which more are still coming: how many there are is not known yet. */
export interface FirstPage {
  /** Id of the result. */
  readonly id: string;
  readonly sql: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly CellText[])[];
}

export interface PageOptions {
  /** Name of the column to sort by; NULLs come last. */
  readonly order?: string;
  readonly descending?: boolean;
  /** Keeps the rows in which some column's text contains this, in any letter case. */
  readonly filter?: string;
}

/** What one statement gave. `note`: what is worth knowing of how a file was read. */
export type StatementResult =
  | {
      readonly kind: 'rows';
      readonly id: string;
      readonly page: Page;
      readonly sql: string;
      readonly milliseconds: number;
      readonly note?: string;
    }
  | { readonly kind: 'plan'; readonly text: string; readonly milliseconds: number }
  | {
      readonly kind: 'done';
      readonly message: string;
      readonly rowsChanged: number | null;
      readonly milliseconds: number;
      readonly note?: string;
    };

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds after which the statement is interrupted, and its process killed if that is ignored. */
  readonly deadline?: number;
  /** Called about four times a second on a statement that takes longer than one. */
  readonly onProgress?: (fraction: number) => void;
}

export interface ExportOptions extends RunOptions {
  readonly author: Author;
  /** Whether code in the sandbox runs it: it may move files about meanwhile. */
  readonly byCode?: boolean;
  /** As for a query. */
  readonly parameters?: string;
}

/** What went into a file. `note`: what is worth knowing of how the files were read that it comes from. */
export interface Exported {
  readonly rows: number;
  readonly note?: string;
}

export interface QueryOptions extends RunOptions {
  readonly author: Author;
  /** Rows of the first page; default 50. */
  readonly limit?: number;
  /** A Parquet file whose one row has the values that the SQL asks for (`$name`), by the names of its columns. */
  readonly parameters?: string;
  /** Called with the first rows of a result as soon as they are there, where more are still being counted. */
  readonly onPage?: (page: FirstPage) => void;
  /** Called as each statement ends, before the next begins. */
  readonly onResult?: (result: StatementResult) => void;
}

export interface TableSummary {
  /** Qualified where it is not in the main schema of the worldline's own database; quoted where it has to be. */
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly rows: number | null;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** A key that somebody declared; names are as in TableSummary, and columns as they are. */
export interface TableKey {
  readonly table: string;
  readonly columns: readonly string[];
  /** Where a foreign key leads; null of a primary key. */
  readonly references: { readonly table: string; readonly columns: readonly string[] } | null;
}

export interface ColumnDescription {
  readonly name: string;
  readonly type: string;
  readonly kind: ColumnKind;
  readonly nulls: number;
  /** Null for nested values. */
  readonly distinct: number | null;
  /** `distinct` is an estimate of two digits: of more than 100,000 values in a large table. */
  readonly approximate?: true;
  readonly min: CellText;
  readonly max: CellText;
  /** The most frequent values, at most five, with how often each occurs. */
  readonly top: readonly { readonly value: CellText; readonly count: number }[];
}

export interface TableDescription {
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly rows: number;
  readonly columns: readonly ColumnDescription[];
  /** Five rows. */
  readonly sample: Page;
}

/** What completion needs to know. A column's type is empty where it is not known. */
export interface Catalog {
  readonly schemas: readonly string[];
  /** Names under which other databases are attached. */
  readonly attached: readonly string[];
  readonly tables: readonly {
    readonly name: string;
    readonly kind: 'table' | 'view';
    readonly columns: readonly { readonly name: string; readonly type: string }[];
  }[];
  readonly functions: readonly string[];
  /** Those that give rows, after FROM. */
  readonly tableFunctions: readonly string[];
}

/** Where a query's rows come from. */
export interface Sources {
  /** The tables that it names, quoted and qualified as written. */
  readonly tables: readonly string[];
  /** Those of them that are neither table, view nor file: a data frame of the sandbox, perhaps. Plain names. */
  readonly unknown: readonly string[];
  /** Whether anything is read at all; false for a query over literals, whose numbers are made up. */
  readonly readsData: boolean;
}

/** How a CSV file is written, where its beginning does not tell. */
export interface CsvOptions {
  /** Whether its first line has the names of the columns, whatever it looks like. */
  readonly header?: boolean;
  /** Which part of its dates comes first; of JSON files as well. */
  readonly dates?: 'dmy' | 'mdy' | 'ymd';
  /** What stands before the decimals of its numbers. */
  readonly decimal?: 'comma' | 'point';
  /** Texts that stand for a missing value, beside the empty one. */
  readonly missing?: readonly string[];
  /** Its encoding, by any name that it has; of JSON files as well. */
  readonly encoding?: string;
}

export interface LoadOptions extends RunOptions, CsvOptions {
  /** Made from the file's name by default. */
  readonly table?: string;
  readonly mode?: 'create' | 'replace' | 'append';
}

export interface LoadResult {
  /** Quoted where it has to be. */
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** Rows that would not parse and are not in the table. */
  readonly rejected: number;
  /** The first of them, at most 20. */
  readonly rejects: readonly {
    readonly line: number | null;
    readonly column: string | null;
    readonly reason: string;
    readonly text: string;
  }[];
  readonly milliseconds: number;
  /** What is worth knowing of how the file was read. */
  readonly note?: string;
}

export type SourceType = 'duckdb' | 'sqlite' | 'postgres' | 'mysql';

export interface Attachment {
  readonly alias: string;
  /** A file, or a connection string of Postgres or MySQL. */
  readonly source: string;
  readonly type: SourceType;
}

/** What may be read beside the workspace. Hidden entries of folders never may, at any depth. */
export interface Readable {
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** Prefixes such as `s3://bucket/path/`. */
  readonly urls?: readonly string[];
}

export interface OpenOptions {
  /** The worldline's database file; it lies outside the workspace and of every readable folder. */
  readonly file: string;
  /** The working directory of its SQL; its files may be read and written. */
  readonly workspace: string;
  readonly readable: Readable;
  /** Where DuckDB and the pages of results spill to; made at need, emptied on close. Default: `<file>.tmp`. */
  readonly tempDirectory?: string;
  /** Bytes; default 2 GiB. */
  readonly memoryLimit?: number;
  /** Default: the machine's. */
  readonly threads?: number;
  /** IANA name; default UTC. */
  readonly timeZone?: string;
  /** Opened read-only with the database. */
  readonly attachments?: readonly Attachment[];
  /** Texts that never appear in what comes out, such as keys. */
  readonly secrets?: readonly string[];
  /** Told when the process died or had to be killed. The next call starts another. */
  readonly onLost?: (reason: string) => void;
}

/** A worldline's database, as the kernel sees it. The process behind it is started by the first call. */
export interface Database {
  /** Id of the running process, once it was started. */
  readonly pid: number | undefined;
  /** Starts the process and opens the file ahead of need. */
  start(): Promise<void>;
  /**
   * Runs a cell's statements one after the other. Throws DatabaseError, GateError, InterruptedError, DeadlineError or
   * DatabaseLostError; statements before the failed one have taken effect and were reported by `onResult`.
   */
  query(sql: string, options: QueryOptions): Promise<StatementResult[]>;
  /** A page of an earlier result, without running it again. Throws ResultGoneError where its rows are not held. */
  page(resultId: string, offset: number, count: number, options?: PageOptions): Promise<Page>;
  /** Writes all rows of an earlier result as Parquet. Throws ResultGoneError where they are not held. */
  exportResult(resultId: string, file: string): Promise<{ rows: number }>;
  /** All that can be queried. */
  tables(): Promise<TableSummary[]>;
  /** Those in the database's own file: no attached ones, and no temporary ones. */
  keptTables(): Promise<TableSummary[]>;
  keys(): Promise<TableKey[]>;
  /** Throws DatabaseError where there is no such table. */
  describe(table: string, options?: RunOptions): Promise<TableDescription>;
  catalog(): Promise<Catalog>;
  sources(sql: string): Promise<Sources>;
  /**
   * Loads a CSV, TSV, JSON, NDJSON or Parquet file that the user named: it is granted for reading.
   * Throws TableExistsError where the table is there and `mode` is `create`.
   */
  load(file: string, options?: LoadOptions): Promise<LoadResult>;
  /** Throws DatabaseError, saying so where the extension for the type cannot be had. */
  /** Names under which other databases are attached, whether or not they can be reached. */
  readonly attached: readonly string[];
  attach(attachment: Attachment): Promise<void>;
  detach(alias: string): Promise<void>;
  /** Writes a query's result as uncompressed Parquet to `file`, an absolute path; the query passes its author's gate. */
  toParquet(sql: string, file: string, options: ExportOptions): Promise<Exported>;
  /** Makes a Parquet file visible to SQL under a data frame's name, until it is unregistered. Again: refreshes it. */
  registerFrame(name: string, file: string): Promise<void>;
  unregisterFrame(name: string): Promise<void>;
  /** Whether something was committed since the last flush. Costs some microseconds. */
  changed(): boolean;
  /**
   * Brings the file up to date with what was committed (CHECKPOINT), held writes or not: call it before the file is
   * copied, never meanwhile. The file can be copied afterwards as it is. `changed` is false where there was nothing to write.
   */
  flush(): Promise<{ readonly changed: boolean }>;
  /** Writing statements wait until then; reading ones go on. */
  holdWrites(until: Promise<unknown>): void;
  /**
   * Flushes and closes the file, lets the caller change it (undo, switch), and opens it again. The open results stay,
   * temporary tables do not. `change` may give another file to open from now on.
   */
  replace(change: (file: string) => Promise<string | undefined>): Promise<void>;
  /** Changes what may be read; opens the database again only where it has to, and loses nothing. */
  setReadable(readable: Readable): Promise<void>;
  close(): Promise<void>;
}
