import type { CellRecord } from '../../../kernel/src/contract.js';
import { deriveCells } from './fromRecords.js';
import { spliceBetween, type Splice } from './splice.js';
import { keep, recall, show, type KeptCells, type StoredCell } from './storedCells.js';

/** What a change of worldlines makes of the notebook. */
export interface Plan {
  readonly splice: Splice | null;
  readonly kept: KeptCells;
}

export interface Change {
  readonly shown: readonly StoredCell[];
  readonly kept: KeptCells;
  readonly target: string;
  /** The target's runs, where it was never put away or went on meanwhile; else null. */
  readonly records: readonly CellRecord[] | null;
  /** The checkpoints that the base, the stored cells or else the shown ones, has already gone through. */
  readonly basePath: ReadonlySet<string>;
  /** An id for the empty cell that ends a worldline that is shown for the first time. */
  readonly draftId: string;
}

/** Puts the shown cells away and brings the target's in. */
export function planSwitch({ shown, kept, target, records, basePath, draftId }: Change): Plan {
  const stored = recall(kept, target);
  const put = kept.shown === null ? kept : keep(kept, kept.shown, shown);
  const base = stored ?? shown;
  const derived = records
    ? deriveCells({ base, foreign: stored === null, worldline: target, records, basePath })
    : base;
  const cells = stored ? derived : withDraft(derived, draftId);
  return { splice: spliceBetween(shown, cells), kept: show(put, target) };
}

function withDraft(cells: readonly StoredCell[], id: string): readonly StoredCell[] {
  const last = cells.at(-1);
  if (last?.cell_type === 'code' && last.source.length === 0) return cells;
  return [...cells, { id, cell_type: 'code', source: '', metadata: {}, outputs: [], execution_count: null }];
}
