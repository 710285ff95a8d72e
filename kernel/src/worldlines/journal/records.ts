import type { CellKind, CellStatus } from '../../contract.js';
import type { LostVariable } from '../types.js';
import type { ObjectId } from '../objects/hash.js';
import type { PiecesRef } from '../objects/inText.js';

/**
 * Version of the journal's records and of what they refer to. A journal with a higher one is left alone. Since 2, an object may
 * hold a file without its zeros: a kernel that knows nothing of it would write it back as it is.
 */
export const FORMAT = 2;

/** Either the value itself, where it is small, or the object that holds it as JSON. */
export type Stored<T> = { readonly value: T } | { readonly object: ObjectId };

export type DatabaseRef =
  /** A list of content-addressed blocks. */
  | { readonly form: 'blocks'; readonly list: PiecesRef; readonly bytes: number }
  /** A whole file that shares its blocks with others in the file system. */
  | { readonly form: 'clone'; readonly file: string; readonly bytes: number };

export interface WorkspaceRef {
  readonly list: PiecesRef;
  readonly files: number;
  readonly bytes: number;
  /** There were others, which are not kept: too many, too large, or not to be read. */
  readonly partial?: true;
}

export interface VariablesRef {
  readonly manifest: PiecesRef;
  /** Sorted ids of the blobs, 32 bytes each, in pieces. */
  readonly blobs: PiecesRef;
  readonly lost: readonly LostVariable[];
}

/** The whole state after a cell; null is empty. */
export interface State {
  readonly database: DatabaseRef | null;
  readonly workspace: WorkspaceRef | null;
  readonly variables: VariablesRef | null;
  readonly tables: Stored<readonly unknown[]>;
  readonly shown: Stored<readonly unknown[]>;
}

export const EMPTY_STATE: State = {
  database: null,
  workspace: null,
  variables: null,
  tables: { value: [] },
  shown: { value: [] },
};

export interface OpenRecord {
  readonly t: 'open';
  readonly format: number;
  readonly kernel: string;
  readonly time: number;
}
export interface WorldlineRecord {
  readonly t: 'worldline';
  readonly id: string;
  readonly name: string;
  readonly head: string;
  readonly fork: string | null;
  /** The worldline of an earlier run that it goes on with. */
  readonly continues: string | null;
  readonly created: number;
}
export interface CheckpointRecord {
  readonly t: 'checkpoint';
  readonly id: string;
  /** Parent, its parent, and one more: so that one lost record does not cut the line. */
  readonly lineage: readonly string[];
  readonly worldline: string;
  readonly kind: CellKind | 'root' | 'step';
  readonly source: Stored<string> | null;
  readonly title: string;
  readonly status: CellStatus;
  readonly started: number;
  readonly ended: number;
  readonly executionCount: number | null;
  readonly cellId: string | null;
  /** Null: too large to be written before the reply; the state record has it. */
  readonly outputs: Stored<readonly Record<string, unknown>[]> | null;
  readonly turns: Stored<readonly unknown[]> | null;
  readonly asCells?: readonly string[];
  /** Of a step: its run's checkpoint, which comes later and has the turns, and the step's name in them. */
  readonly run?: { readonly checkpoint: string; readonly step: string };
  /** Its state is its parent's, whether a record of it follows or not. */
  readonly untouched?: true;
}
export interface StateRecord {
  readonly t: 'state';
  readonly checkpoint: string;
  readonly state: State;
  readonly bytes: number;
  readonly outputs?: Stored<readonly Record<string, unknown>[]>;
  readonly turns?: Stored<readonly unknown[]>;
  readonly source?: Stored<string>;
  /** The run of the system for which it holds: its objects were not on the disk yet. Another record follows when they are. */
  readonly boot?: string;
}
export interface HeadRecord {
  readonly t: 'head';
  readonly worldline: string;
  readonly head: string;
}
/** A cell began to run: if no checkpoint follows, it was lost. */
export interface BeganRecord {
  readonly t: 'began';
  readonly worldline: string;
  readonly title: string;
}
export interface ActiveRecord {
  readonly t: 'active';
  readonly worldline: string;
}
/** Whose run it is: another notebook may take the place of one that was moved, and with it its store. */
export interface NotebookRecord {
  readonly t: 'notebook';
  readonly id: string;
}
export interface RenameRecord {
  readonly t: 'rename';
  readonly worldline: string;
  readonly name: string;
}
export interface DeleteRecord {
  readonly t: 'delete';
  readonly worldline: string;
  readonly deleted: boolean;
}
/** Clean-up let go of these; their objects may be gone. */
export interface DropRecord {
  readonly t: 'drop';
  readonly worldlines: readonly string[];
  readonly checkpoints: readonly string[];
}

export type JournalRecord =
  | OpenRecord
  | WorldlineRecord
  | CheckpointRecord
  | StateRecord
  | HeadRecord
  | ActiveRecord
  | NotebookRecord
  | BeganRecord
  | RenameRecord
  | DeleteRecord
  | DropRecord;
