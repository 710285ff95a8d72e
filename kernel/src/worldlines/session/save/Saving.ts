import type { RanCell, Saved, VariablesCapture } from '../../types.js';

/** What of a cell may be too large to be written before its reply. */
export const LONG = ['outputs', 'turns', 'source'] as const;

/** What is left to be written of a cell whose checkpoint is in the journal. */
export interface Unwritten {
  readonly checkpoint: string;
  readonly cell: RanCell;
  /** Null where the variables are known to be as they were. */
  readonly capture: Promise<VariablesCapture | null> | null;
  readonly late: readonly (typeof LONG)[number][];
}

/** What comes of writing a state, filled in one by one, as there may be a million, by those that write its parts. */
export type Saving = { -readonly [K in keyof Saved]: Saved[K] extends readonly (infer E)[] ? E[] : Saved[K] };
