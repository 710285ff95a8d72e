import type { NewerStoreError } from '../errors.js';
import type { Graph } from '../graph/Graph.js';
import type { OwnIndex } from '../journal/index/OwnIndex.js';
import type { JournalWriter } from '../journal/JournalWriter.js';
import type { JournalRecord } from '../journal/records.js';
import type { DatabaseSnapshots } from '../database/DatabaseSnapshots.js';
import type { ObjectStore } from '../objects/ObjectStore.js';
import type { StoreFolder } from '../store/StoreFolder.js';
import type { RanCell } from '../types.js';

/** A notebook's store as one kernel holds it open. */
export interface Store {
  readonly folder: StoreFolder;
  readonly objects: ObjectStore;
  readonly databases: DatabaseSnapshots;
  readonly graph: Graph;
  readonly journal: JournalWriter;
  readonly index: OwnIndex;
  /** This kernel's journal, by file name. */
  readonly own: string;
  /** Checkpoints wait for this: clean-up by this kernel. */
  gate: Promise<unknown>;
  /** Restored variables being checked, and what killed kernels left being synced; never rejects. */
  checking: Promise<void>;
  /** Cells whose longer parts are being written, by checkpoint: they are read from here meanwhile. */
  readonly pending: Map<string, Pick<RanCell, 'source' | 'outputs' | 'turns'>>;
  /** Where the notebook's own store is of a newer version, and this one stands beside it. */
  readonly newer: NewerStoreError | null;
  /** Sentences for the person. */
  readonly notes: string[];
}

/** Writes records and takes them into the graph. */
export function record(store: Store, ...records: readonly JournalRecord[]): void {
  store.journal.append(...records);
  for (const one of records) store.graph.apply(store.own, one);
  store.index.grown();
}
