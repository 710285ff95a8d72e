/**
 * What the kernel and a front end say to each other over the comm target `worldline`.
 *
 * A front end opens one comm, gets a `hello`, then sends requests and gets a reply to each, and events as things
 * happen. Requests are answered while a cell runs. Times are milliseconds since the epoch; sizes are bytes.
 * This file has types and constants only: the lab extension imports nothing else of the kernel.
 */
export const COMM_TARGET = 'worldline';
export const CONTRACT_VERSION = 1;
/** The structured form of a table, beside its HTML and text. */
export const TABLE_MIME = 'application/vnd.worldline.table+json';
/** The structured form of an agent run, beside its HTML and text. */
export const RUN_MIME = 'application/vnd.worldline.run+json';

export type CellKind = 'sql' | 'python' | 'ask' | 'magic';
export type CellStatus = 'ok' | 'error' | 'interrupted';

export interface CheckpointSummary {
  readonly id: string;
  readonly parent: string | null;
  /** Id of the worldline in which it was made. */
  readonly worldline: string;
  readonly kind: CellKind | 'root' | 'step';
  /** The source's first line, with the one below a cell magic: `%%sql select 1`. At most 120 characters. */
  readonly title: string;
  readonly status: CellStatus;
  readonly started: number;
  readonly ended: number;
  readonly executionCount: number | null;
  /** The front end's id of the cell, where it sent one. */
  readonly cellId: string | null;
  /** Bytes that this checkpoint added to the store; null until its background part is written. */
  readonly bytes: number | null;
}

export interface WorldlineSummary {
  readonly id: string;
  readonly name: string;
  readonly head: string;
  /** The checkpoint that it was branched from; null for a fresh one. */
  readonly fork: string | null;
  /** The worldlines of earlier kernel runs that it goes on from, the nearest first; none where it was not resumed. */
  readonly continues: readonly string[];
  readonly active: boolean;
  /** Of another kernel run: there to look at and to resume. */
  readonly earlier: boolean;
  readonly deleted: boolean;
  readonly created: number;
}

/** A page of the graph, newest checkpoint first. */
export interface GraphPage {
  readonly worldlines: readonly WorldlineSummary[];
  readonly checkpoints: readonly CheckpointSummary[];
  readonly total: number;
  readonly offset: number;
}

/** A checkpoint in whose source a text was found. */
export interface SourceHit {
  readonly checkpoint: string;
  /** The first line with the text, or the part of it around the text: at most 120 characters. */
  readonly line: string;
}

/** One cell as it was run: enough to show it in a notebook without running it. */
export interface CellRecord {
  readonly checkpoint: string;
  readonly kind: CellKind | 'root' | 'step';
  readonly source: string;
  readonly cellId: string | null;
  readonly executionCount: number | null;
  readonly status: CellStatus;
  /** nbformat 4 outputs. */
  readonly outputs: readonly Record<string, unknown>[];
}

export interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  /** The name as SQL takes it, where `tables` is asked and that is another. */
  readonly quoted?: string;
}
export interface TableInfo {
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly rows: number | null;
  readonly columns: readonly ColumnInfo[];
}
/** A key that somebody declared. */
export interface TableKey {
  /** As TableInfo has its name. */
  readonly table: string;
  readonly columns: readonly string[];
  /** Where a foreign key leads; null of a primary key. */
  readonly references: { readonly table: string; readonly columns: readonly string[] } | null;
}
export interface VariableInfo {
  readonly name: string;
  readonly type: string;
  readonly shape: string | null;
  readonly bytes: number | null;
  readonly preview: string;
}
export interface ArtifactInfo {
  /** Path relative to the workspace. */
  readonly path: string;
  readonly type: 'image' | 'csv' | 'md' | 'pdf' | 'file';
  readonly bytes: number;
  readonly modified: number;
  /** The checkpoint that made it. */
  readonly checkpoint: string | null;
}
export interface DataFolder {
  readonly path: string;
  readonly granted: boolean;
  readonly entries: readonly { readonly name: string; readonly folder: boolean; readonly bytes: number }[];
}

export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly kind: 'number' | 'text' | 'boolean' | 'temporal' | 'binary' | 'nested' | 'other';
}
/** Content of TABLE_MIME, and the answer to `page`. Values are exact text; null is SQL NULL. */
export interface TablePage {
  readonly result: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly (string | null)[])[];
  readonly offset: number;
  readonly total: number;
  /** These are the first rows of a result whose size is not known: what is to be said of the others. */
  readonly rest?: string;
}

export interface StepInfo {
  readonly id: string;
  readonly tool: string;
  /** What ran: SQL, Python or the call's arguments. */
  readonly code: string;
  readonly state: 'waiting' | 'running' | 'ok' | 'error' | 'skipped' | 'interrupted';
  readonly milliseconds: number | null;
  /** A line that says what came out. */
  readonly summary: string;
}
/** Content of RUN_MIME. */
export interface RunInfo {
  readonly run: string;
  readonly state: 'running' | 'done' | 'partial' | 'error' | 'interrupted';
  readonly model: string;
  readonly replayed: boolean;
  readonly steps: readonly StepInfo[];
  /** Markdown, as far as it has come. */
  readonly answer: string;
  readonly usage: Usage;
}
export interface Usage {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** US dollars; null where neither the server nor the price table tells. */
  readonly cost: number | null;
}

export interface Comparison {
  readonly a: string;
  readonly b: string;
  readonly ancestor: string | null;
  readonly cellsA: readonly CellRecord[];
  readonly cellsB: readonly CellRecord[];
  readonly tables: readonly TableDifference[];
  readonly files: readonly {
    readonly path: string;
    readonly change: Change;
    readonly bytesA: number | null;
    readonly bytesB: number | null;
  }[];
  readonly variables: readonly {
    readonly name: string;
    readonly change: Change;
    /** Of one that both have: the first of these that is not the same. */
    readonly differs: 'type' | 'shape' | 'values' | null;
    readonly a: string | null;
    readonly b: string | null;
  }[];
}
export type Change = 'only-a' | 'only-b' | 'changed';
export interface TableDifference {
  readonly name: string;
  readonly change: Change;
  readonly rowsA: number | null;
  readonly rowsB: number | null;
  readonly columnsA: readonly ColumnInfo[];
  readonly columnsB: readonly ColumnInfo[];
}

/** The first rows of a table that only one of two worldlines has, by the columns that both have. */
export interface RowDifferences {
  readonly onlyA: TablePage;
  readonly onlyB: TablePage;
  /** Columns that were not compared, as the other one's table has none of the name. */
  readonly columnsOnlyA: readonly string[];
  readonly columnsOnlyB: readonly string[];
}

/** What an export wrote. */
export interface Exported {
  readonly file: string;
  /** The folder of the data; null where none was asked for. */
  readonly data: string | null;
  /** What of the worldline is not in the data, as words for a list. */
  readonly missing: readonly string[];
}

/** The settings of `%config` that a front end may have values for. Keys are none of them. */
export type SettingName =
  | 'provider'
  | 'model'
  | 'default'
  | 'max-steps'
  | 'max-tokens'
  | 'max-usd'
  | 'max-seconds'
  | 'approve'
  | 'no-rows'
  | 'at-once'
  | 'sandbox-memory'
  | 'sandbox-cpus'
  | 'sandbox-pids'
  | 'sandbox-tmp'
  | 'sandbox-workspace'
  | 'sandbox-seconds';

/** What the kernel works on now. */
export interface RunningCell {
  readonly worldline: string;
  readonly cellId: string | null;
  readonly title: string;
}

export interface KernelState {
  readonly active: string;
  readonly busy: boolean;
  /** The cell that will be a checkpoint; null also while one runs that makes none. */
  readonly running: RunningCell | null;
  readonly provider: string | null;
  readonly model: string | null;
  /** What a cell without `%%` is. */
  readonly plainCell: 'ask' | 'sql' | 'python';
  readonly usage: Usage;
  readonly sandbox: 'none' | 'starting' | 'ready' | 'running' | 'reaped' | 'unavailable';
  /** What stands in the way of full function, each with its fix. */
  readonly problems: readonly { readonly what: string; readonly fix: string }[];
}

/** What the cell that runs has shown so far. */
export interface RunningOutputs {
  readonly cellId: string;
  readonly source: string;
  /**
   * nbformat 4 outputs; one that is to be updated has the id of its display in `transient`, as messages do. What the kernel
   * publishes from this answer on comes after them.
   */
  readonly outputs: readonly Record<string, unknown>[];
}

/** What came of `link`. */
export interface LinkResult {
  /** The id of this notebook's session, to be kept in the notebook's metadata from now on: the one of `hello`. */
  readonly session: string;
  /** What tells this notebook from another one that takes its place, to be kept beside it. */
  readonly notebook: string;
  /**
   * What this notebook is to the one that the sent id is of: the very same, that one under another path, a copy of it
   * (the other file is still there), or nothing that this machine knows.
   */
  readonly relation: 'same' | 'moved' | 'copied' | 'unknown';
  /** Worldlines of it that can now be looked at and resumed here; the graph has them. */
  readonly worldlines: number;
}

/** Every request by name: what it takes and what it gives. Checkpoints and worldlines go by id, or a worldline's name. */
export interface Requests {
  state: { params: Record<string, never>; result: KernelState };
  /**
   * Sent after `hello`, with what the notebook's metadata keeps of an earlier answer. Where the session is not that of `hello`,
   * the notebook was renamed, moved or copied: its earlier worldlines can then be resumed here; what is done here never
   * reaches the other session.
   */
  link: { params: { session: string; notebook?: string | null }; result: LinkResult };
  graph: { params: { offset: number; count: number }; result: GraphPage };
  /** Looks for a text, whatever its case, in the sources of a page of the graph; `total` is that of the graph. */
  search: {
    params: { text: string; offset: number; count: number };
    result: { hits: readonly SourceHit[]; total: number };
  };
  checkpoint: { params: { id: string }; result: CellRecord };
  /** For a page that opens in the middle of a cell; null where none runs that a front end has told the id of. */
  running: { params: Record<string, never>; result: { running: RunningOutputs | null } };
  /** The cells from the root to a worldline's head, or to a checkpoint, oldest first. */
  cells: { params: { of: string }; result: { cells: readonly CellRecord[] } };
  /** A new worldline, which becomes the active one. */
  branch: { params: { name: string; from?: string }; result: WorldlineSummary };
  switch: { params: { worldline: string }; result: WorldlineSummary };
  undo: { params: { cells?: number; to?: string }; result: WorldlineSummary };
  rename: { params: { worldline: string; name: string }; result: WorldlineSummary };
  delete: { params: { worldline: string; restore?: boolean }; result: WorldlineSummary };
  resume: { params: { worldline: string }; result: WorldlineSummary };
  adopt: { params: { worldline: string }; result: WorldlineSummary };
  compare: { params: { a: string; b: string }; result: Comparison };
  compareRows: {
    params: { a: string; b: string; table: string; count: number };
    result: RowDifferences;
  };
  export: {
    params: { worldline: string; file: string; options: readonly string[] };
    result: Exported;
  };
  tables: { params: Record<string, never>; result: { tables: readonly TableInfo[] } };
  keys: { params: Record<string, never>; result: { keys: readonly TableKey[] } };
  preview: { params: { table: string; count: number }; result: TablePage };
  /** The rows of a file of the workspace, as SQL reads it by its name. */
  previewFile: { params: { file: string; count: number }; result: TablePage };
  page: {
    params: {
      result: string;
      offset: number;
      count: number;
      order?: string;
      descending?: boolean;
      filter?: string;
    };
    result: TablePage;
  };
  /** `kept`: Python does not run (yet), and these are the variables as the last checkpoint has them. */
  variables: {
    params: Record<string, never>;
    result: { variables: readonly VariableInfo[]; kept: boolean };
  };
  artifacts: { params: Record<string, never>; result: { artifacts: readonly ArtifactInfo[] } };
  artifact: { params: { path: string }; result: { mime: string; base64: string } };
  folders: { params: Record<string, never>; result: { folders: readonly DataFolder[] } };
  allow: { params: { folder: string; revoke?: boolean }; result: { folders: readonly DataFolder[] } };
  /**
   * All settings that the front end has, in place of those it sent before; the values are text, as `%config` takes them.
   * What `%config` sets in the kernel comes first. One value that the kernel refuses, and none is taken on.
   */
  configure: {
    params: { settings: Readonly<Partial<Record<SettingName, string>>> };
    result: Record<string, never>;
  };
  /**
   * What a person says to a run while it goes on. `step` is the one that they saw waiting when they approved, edited or
   * skipped it: refused where that one waits no more.
   */
  steer: {
    params: {
      run: string;
      action: 'stop' | 'approve' | 'skip' | 'edit' | 'remark';
      text?: string;
      step?: string;
    };
    result: Record<string, never>;
  };
  /** A run's steps as ordinary cells. */
  stepsAsCells: { params: { run: string }; result: { cells: readonly string[] } };
}
export type RequestName = keyof Requests;

export type ToKernel = {
  [Name in RequestName]: {
    readonly type: 'request';
    readonly id: number;
    readonly request: Name;
    readonly params: Requests[Name]['params'];
  };
}[RequestName];

export type FromKernel =
  | {
      readonly type: 'hello';
      readonly contract: number;
      readonly kernel: string;
      readonly session: string;
      readonly state: KernelState;
    }
  | { readonly type: 'reply'; readonly id: number; readonly ok: true; readonly result: unknown }
  | {
      readonly type: 'reply';
      readonly id: number;
      readonly ok: false;
      readonly error: { readonly name: string; readonly message: string };
    }
  | { readonly type: 'event'; readonly event: KernelEvent };

export type KernelEvent =
  | ({ readonly kind: 'cell-began' } & RunningCell)
  | { readonly kind: 'checkpoint'; readonly checkpoint: CheckpointSummary }
  | { readonly kind: 'worldline'; readonly worldline: WorldlineSummary }
  | { readonly kind: 'head'; readonly worldline: string; readonly head: string }
  | { readonly kind: 'active'; readonly worldline: string }
  | { readonly kind: 'state'; readonly state: KernelState }
  | { readonly kind: 'data' }
  | { readonly kind: 'run'; readonly run: RunInfo };
