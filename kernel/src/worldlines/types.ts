import type {
  ArtifactInfo,
  CellKind,
  CellStatus,
  CheckpointSummary,
  KernelEvent,
  RowDifferences,
  TableInfo,
  VariableInfo,
  WorldlineSummary,
} from '../contract.js';

/** What tells one notebook's store from another's. */
export interface NotebookIdentity {
  /** Absolute path of the notebook where the front end tells it (`JPY_SESSION_NAME`), else the working directory. */
  readonly path: string;
  /** `notebook`, or the kind of client that has no notebook, such as `console`. */
  readonly client: string;
}

/** The namespace of a worldline at one moment: opaque bytes, and the ids of the blobs that they refer to. */
export interface CapturedVariables {
  readonly manifest: Uint8Array;
  readonly blobs: readonly string[];
  readonly bytesAdded: number;
  readonly lost: readonly LostVariable[];
  /** By name, for variables that can be told apart by it: equal where one did not change. */
  readonly digests: readonly (readonly [name: string, digest: string])[];
}
export interface LostVariable {
  readonly name: string;
  readonly reason: string;
}

/**
 * The running parts of one open worldline, given by the rooms that own them. The session calls them one at a time
 * for a worldline, except that `captureVariables().done` goes on in the background.
 */
export interface Parts {
  /** Whether the database or the variables may differ from what was last taken of them, told at once. */
  changed(): { readonly database: boolean; readonly variables: boolean };
  /**
   * Brings what was committed into the database file (CHECKPOINT, so that no log is left), before the file is read.
   * Null where nothing changed since the last flush or no database was opened; else the tables as they now are.
   */
  flushDatabase(): Promise<{ readonly tables: readonly TableInfo[] } | null>;
  /** Lets go of the database file: it is about to be replaced. The next query opens it again. */
  closeDatabase(): Promise<void>;
  /**
   * Takes the variables as they are now: later code runs only when its changes cannot reach the copy any more, and then it
   * resolves. Null where nothing has changed since the last capture or restore.
   */
  captureVariables(): Promise<VariablesCapture | null>;
  /** Replaces all variables; null means none. */
  restoreVariables(snapshot: CapturedVariables | null): Promise<{ readonly lost: readonly LostVariable[] }>;
  /** Called after files of the workspace were replaced behind the code's back, and after it was first filled. */
  workspaceRestored?(): Promise<void>;
  /** Stops the worldline's processes. Its folder stays. */
  close(): Promise<void>;
}
export interface VariablesCapture {
  readonly variables: readonly VariableInfo[];
  readonly done: Promise<CapturedVariables>;
}

/** Where a worldline's live state is. */
export interface WorldlinePlace {
  readonly id: string;
  readonly name: string;
  /** Its DuckDB file; it does not exist before something is written. */
  readonly databaseFile: string;
  /** Its workspace folder; it exists. */
  readonly workspace: string;
}

/** What the session needs of the rest of the kernel. */
export interface Host {
  /** A folder for a new worldline's files, such as a spare sandbox's; null lets the store make one. */
  newWorkspace(): Promise<string | null>;
  /** Takes a folder back that it gave, with what is in it, once the parts there are closed. */
  leaveWorkspace(workspace: string): Promise<void>;
  /** Gives the parts of a worldline whose database file and workspace are in place. It should start nothing yet. */
  open(place: WorldlinePlace): Promise<Parts>;
  /** Names of tables whose rows differ between two closed database files. Absent: only shapes are compared. */
  changedTables?(a: string, b: string, tables: readonly string[]): Promise<readonly string[]>;
  /** The first rows that are in one file's table and not in the other's. */
  rowDifferences?(a: string, b: string, table: string, count: number): Promise<RowDifferences>;
  /**
   * Writes a closed database file into a folder: every table as Parquet, and what makes all else. Gives what is not in it, as words
   * for a list.
   */
  exportTables?(databaseFile: string, folder: string): Promise<readonly string[]>;
  /** Makes what `exportTables` wrote in an open worldline's database. Gives sentences for what could not be made. */
  importTables?(place: WorldlinePlace, folder: string): Promise<readonly string[]>;
  /** The turns of a run as far as one of its steps. Absent: a step that was gone back to has none. */
  turnsUpTo?(turns: readonly unknown[], step: string): readonly unknown[];
  /** Runs `jupyter nbconvert` with these arguments; rejects with what it printed. */
  nbconvert?(args: readonly string[]): Promise<void>;
  /** What prints an HTML file to a PDF file. Throws where nothing is there that can. */
  pdfPrinter?(): (html: string, pdf: string) => Promise<void>;
}

/** A cell that ran, as it is to be kept. */
export interface RanCell {
  /** By `newId`, where the steps of a run have to name the run's checkpoint before it is made. */
  readonly id?: string;
  readonly kind: CellKind | 'step';
  readonly source: string;
  readonly status: CellStatus;
  readonly started: number;
  readonly ended: number;
  readonly executionCount: number | null;
  readonly cellId: string | null;
  /** nbformat 4 outputs. */
  readonly outputs: readonly Record<string, unknown>[];
  /** Conversation turns that it adds: JSON, kept as it is. */
  readonly turns: readonly unknown[];
  /** For an agent run: its steps as ordinary cells (`%%sql …`, `%%python …`), for `--as-code`. */
  readonly asCells?: readonly string[];
  /** Of a step: the checkpoint that its run will have, and the step's name in the turns of that. */
  readonly run?: { readonly checkpoint: string; readonly step: string };
  /** Parts that it cannot have changed; they are not looked at. */
  readonly untouched?: readonly Part[];
}
export type Part = 'database' | 'workspace' | 'variables';

/** A cell's checkpoint: it exists, and its state is being written. */
export interface Commit {
  readonly checkpoint: CheckpointSummary;
  /** What is known once its state outlives this process, before the next cell begins. Never rejects. */
  readonly recorded: Promise<Saved>;
  /** The same once all of it is on the disk; what came up since stands behind the other problems. Never rejects. */
  readonly saved: Promise<Saved>;
}
export interface Saved {
  /** What the checkpoint added to the store. */
  readonly bytes: number;
  readonly lost: readonly LostVariable[];
  /** Files that are not kept, with the reason. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  /** Sentences for the person where some part could not be saved; empty when all is well. */
  readonly problems: readonly string[];
}

/** What came of moving a worldline to a state. */
export interface Restored {
  readonly lost: readonly LostVariable[];
  /** Sentences for the person: a damaged part and what was taken in its place. */
  readonly notes: readonly string[];
}

/** A worldline that is open in this kernel. */
export interface OpenWorldline {
  readonly place: WorldlinePlace;
  readonly parts: Parts;
  readonly restored: Restored;
}

/** A line of `%worldlines`, depth first, ready to draw. */
export interface TreeLine {
  readonly depth: number;
  readonly worldline: string;
  readonly name: string;
  readonly active: boolean;
  readonly earlier: boolean;
  readonly inUse: boolean;
  /** Of another notebook, which was in this one's place, or is there by now. */
  readonly foreign: boolean;
  readonly head: string;
  readonly headTitle: string;
  /** Cells of its own, after the fork, and how many more of them were undone. */
  readonly cells: number;
  readonly undone: number;
  /** Steps of its own that are left of runs which were taken back in part. */
  readonly steps: number;
  readonly lastUsed: number;
  /** Bytes that its own checkpoints added. */
  readonly bytes: number;
}

export interface StoreSizes {
  readonly database: number;
  readonly variables: number;
  readonly files: number;
  /** With what says what stands where in them. */
  readonly journals: number;
  /** Live database files and workspaces. */
  readonly live: number;
  readonly total: number;
}
/** The store of a notebook that is no longer where it was. */
export interface Orphan {
  readonly id: string;
  /** Where the notebook was. */
  readonly notebook: string;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly lastUsed: number;
}
/** What a store is kept within. */
export interface StoreLimits {
  /** Worldlines of earlier runs that were last used longer ago are dropped. Milliseconds. */
  readonly maxAge?: number;
  /** Worldlines of earlier runs are dropped, oldest first, until the store is no larger. Bytes. */
  readonly maxBytes?: number;
}
export interface CollectOptions extends StoreLimits {
  /** Deleted worldlines go only where a limit is passed: nobody asked for the clean-up. */
  readonly keepDeleted?: boolean;
  /** Ends it before anything was removed. */
  readonly signal?: AbortSignal;
}
export interface Collected {
  readonly before: StoreSizes;
  readonly after: StoreSizes;
  readonly worldlines: readonly string[];
  readonly checkpoints: number;
  /** Why nothing or less was removed. */
  readonly notes: readonly string[];
}

export interface ExportOptions {
  readonly withData?: boolean;
  readonly asCode?: boolean;
  readonly steps?: boolean;
}
/** A worldline made of a file. */
export interface Imported {
  readonly worldline: WorldlineSummary;
  /** Sentences for the person: what could not be made. */
  readonly notes: readonly string[];
}

export type SessionEvent = Extract<
  KernelEvent,
  { kind: 'cell-began' | 'checkpoint' | 'worldline' | 'head' | 'active' }
>;
export type { ArtifactInfo };
