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
  /** Rows in the whole result. */
  readonly total: number;
}

/** What one statement gave. */
export type StatementResult =
  | {
      readonly kind: 'rows';
      readonly id: string;
      readonly page: Page;
      readonly sql: string;
      readonly milliseconds: number;
    }
  | { readonly kind: 'plan'; readonly text: string; readonly milliseconds: number }
  | {
      readonly kind: 'done';
      readonly message: string;
      readonly rowsChanged: number | null;
      readonly milliseconds: number;
    };

export interface QueryOptions {
  readonly author: Author;
  /** Rows of the first page; default 50. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
  /** Milliseconds after which the statement is interrupted, and its process killed if that is ignored. */
  readonly deadline?: number;
  readonly onProgress?: (fraction: number) => void;
  /** Called as each statement ends, before the next begins. */
  readonly onResult?: (result: StatementResult) => void;
}

export interface TableSummary {
  /** Qualified where it is not in the main schema of the worldline's own database. */
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly rows: number | null;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** A worldline's database, as the kernel sees it. The process behind it is started by the first call. */
export interface Database {
  query(sql: string, options: QueryOptions): Promise<StatementResult[]>;
  /** A page of an earlier result, without running it again where its rows are still held or spooled. */
  page(resultId: string, offset: number, count: number): Promise<Page>;
  tables(): Promise<TableSummary[]>;
  close(): Promise<void>;
}
