/** Where the records of a checkpoint stand in its journal. */
export interface Entry {
  readonly id: string;
  /** Bytes from the journal's beginning. */
  readonly at: number;
  /** Of the record of its state; null where none was written. */
  readonly stateAt: number | null;
}

/** The checkpoints of a journal in the order in which they were made. */
export interface Table {
  readonly count: number;
  entry(ordinal: number): Entry;
  /** The place of a checkpoint; null where it has none. */
  find(id: string): number | null;
}
