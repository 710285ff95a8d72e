import type { CellRecord } from '../../../kernel/src/contract.js';
import { deriveCells, hasRun } from './fromRecords.js';
import { spliceBetween, type Splice } from './splice.js';
import { keep, recall, show, stampOf, type KeptCells, type StoredCell } from './storedCells.js';

/** What a change of worldlines makes of the notebook. */
export interface Plan {
  readonly splice: Splice | null;
  readonly kept: KeptCells;
}

export interface Change {
  readonly shown: readonly StoredCell[];
  readonly kept: KeptCells;
  /** The worldlines that the shown cells are put away for. */
  readonly putAs: readonly string[];
  readonly target: string;
  /** The worldline that the target goes on from, whose cells are then its own. */
  readonly continues: string | null;
  /** The target's runs, where it was never put away or went on meanwhile; else null. */
  readonly records: readonly CellRecord[] | null;
  /** The checkpoints that the base, the stored cells or else the shown ones, has already gone through. */
  readonly basePath: ReadonlySet<string>;
  /** An id for the empty cell that ends a worldline that is shown for the first time. */
  readonly draftId: string;
}

/** Puts the shown cells away and brings the target's in. */
export function planSwitch({
  shown,
  kept,
  putAs,
  target,
  continues,
  records,
  basePath,
  draftId,
}: Change): Plan {
  const stored = ownCells(kept, target, continues, shown);
  const put = putAs.reduce((all, line) => keep(all, line, shown), kept);
  const base = stored ?? shown;
  const derived = records
    ? deriveCells({ base, foreign: stored === null, worldline: target, records, basePath })
    : base;
  const cells = stored ? derived : withDraft(derived, draftId);
  return { splice: spliceBetween(shown, cells), kept: show(put, target, continues) };
}

/**
 * Of the worldlines that one goes on from, the nearest of which there are cells, or null: the ones in between may have run
 * where this extension was not there.
 */
export function continuedFrom(kept: KeptCells, earlier: readonly string[]): string | null {
  return earlier.find((line) => recall(kept, line) !== null || kept.before === line) ?? null;
}

/**
 * A worldline's own cells: those put away of it or of the one that it goes on from, or the shown ones where those were that
 * one's. Null where it has none yet.
 */
export function ownCells(
  kept: KeptCells,
  target: string,
  continues: string | null,
  shown: readonly StoredCell[],
): readonly StoredCell[] | null {
  const own = recall(kept, target);
  if (own !== null || continues === null) return own;
  return recall(kept, continues) ?? (kept.before === continues ? shown : null);
}

function withDraft(cells: readonly StoredCell[], id: string): readonly StoredCell[] {
  const last = cells.at(-1);
  if (last?.cell_type === 'code' && stampOf(last) === null && !hasRun(last)) return cells;
  return [...cells, { id, cell_type: 'code', source: '', metadata: {}, outputs: [], execution_count: null }];
}
