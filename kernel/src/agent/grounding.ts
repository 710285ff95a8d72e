/** A figure of an answer and where it comes from. */
export interface Figure {
  /** As it stands in the answer. */
  readonly text: string;
  /** Where it begins in the answer. */
  readonly start: number;
  readonly end: number;
  /** The handle of the step that gave it; null where no result has it. */
  readonly step: string | null;
}
/** What became of the figures of an answer. */
export interface Grounding {
  readonly figures: readonly Figure[];
  readonly unmatched: number;
  /** Steps that the answer rests on. */
  readonly evidence: readonly string[];
  /** Set where the figures rest only on queries that read no table: made up. */
  readonly madeUp: boolean;
}
