import type { CellRecord } from '../../../kernel/src/contract.js';
import { METADATA, stampOf, type StoredCell } from './storedCells.js';

/** The kernel's record of a run as a notebook cell, stamped with where it belongs. */
export function cellFromRecord(record: CellRecord, worldline: string): StoredCell {
  return {
    id: record.cellId ?? `wl-${record.checkpoint}`.slice(0, 64),
    cell_type: 'code',
    source: record.source,
    execution_count: record.executionCount,
    metadata: { [METADATA]: { checkpoint: record.checkpoint, worldline } },
    outputs: record.outputs,
  };
}

/** Records that stand for cells: not the root, not an agent's steps; of a cell that ran twice, the later run. */
export function cellRecords(records: readonly CellRecord[]): readonly CellRecord[] {
  const byCell = new Map<string, CellRecord>();
  for (const record of records) {
    if (record.kind !== 'root' && record.kind !== 'step') {
      byCell.set(record.cellId ?? record.checkpoint, record);
    }
  }
  return [...byCell.values()];
}

export interface Derivation {
  /** The cells to start from: what the notebook shows, or what was put away of the worldline. */
  readonly base: readonly StoredCell[];
  /** Whether `base` is another worldline's, of which only what is shared may stay. */
  readonly foreign: boolean;
  readonly worldline: string;
  /** The target's runs from the root to its head, oldest first. */
  readonly records: readonly CellRecord[];
  /** Checkpoints that the worldline of `base` has gone through. */
  readonly basePath: ReadonlySet<string>;
}

/**
 * The cells of a worldline that was never put away, or that went on while it was hidden. Shared cells stay as they
 * are, with the Markdown and drafts between them; runs that the notebook hasn't seen come in after the run before.
 * A cell that the user removed before the fork stays removed.
 */
export function deriveCells({
  base,
  foreign,
  worldline,
  records,
  basePath,
}: Derivation): readonly StoredCell[] {
  const runs = cellRecords(records);
  const known = new Set(records.map((record) => record.checkpoint));
  const byId = new Map(runs.map((record) => [cellFromRecord(record, worldline).id, record]));
  const cells: StoredCell[] = [];
  const end = foreign ? endOfShared(base, worldline, known, byId) : base.length;
  for (const cell of base.slice(0, end)) {
    const stamp = stampOf(cell);
    if (!stamp || known.has(stamp.checkpoint)) cells.push(cell);
    else {
      const record = byId.get(cell.id);
      if (record) cells.push(cellFromRecord(record, worldline));
      else if (!foreign) cells.push(cell);
    }
  }
  return insertMissing(cells, runs, worldline, basePath);
}

/**
 * Where what is shared ends: after the last run that both have, and after the cells that ran next and left no checkpoint, such
 * as the `%branch` that led here, or a `%compare`. Where a cell made the branch, what stands below it is what comes next, in
 * either.
 */
function endOfShared(
  base: readonly StoredCell[],
  worldline: string,
  known: ReadonlySet<string>,
  byId: ReadonlyMap<string, CellRecord>,
): number {
  const isShared = (cell: StoredCell): boolean => {
    const stamp = stampOf(cell);
    return (stamp !== null && known.has(stamp.checkpoint)) || byId.has(cell.id);
  };
  const isOwn = (cell: StoredCell): boolean => stampOf(cell)?.worldline === worldline;
  const next = base.findLastIndex(isShared) + 1;
  const rest = base.slice(next);
  const other = rest.findIndex((cell) => stampOf(cell) !== null);
  // Of a *Run All*, cells below the `%branch` have run in the new worldline already.
  const fork = base.findLastIndex((cell) => isShared(cell) && !isOwn(cell)) + 1;
  if (other === -1 && base.slice(fork).some(madeBranch)) return base.length;
  return next + rest.slice(0, other === -1 ? undefined : other).findLastIndex(hasRun) + 1;
}

function madeBranch(cell: StoredCell): boolean {
  return hasRun(cell) && /^\s*%branch\b/m.test([cell.source].flat().join(''));
}

/** Whether a cell ran, whatever that left. */
export function hasRun(cell: StoredCell): boolean {
  return typeof cell['execution_count'] === 'number';
}

function insertMissing(
  cells: readonly StoredCell[],
  runs: readonly CellRecord[],
  worldline: string,
  basePath: ReadonlySet<string>,
): readonly StoredCell[] {
  const result = [...cells];
  let after = -1;
  for (const record of runs) {
    const cell = cellFromRecord(record, worldline);
    const at = result.findIndex((each) => each.id === cell.id);
    if (at >= 0) {
      if (needsNewer(result[at], record)) result[at] = cell;
      after = at;
    } else if (!basePath.has(record.checkpoint)) {
      result.splice(++after, 0, cell);
    }
  }
  return result;
}

/** A cell that has the record's id but shows no run, or another one, takes the record's source and outputs. */
function needsNewer(cell: StoredCell | undefined, record: CellRecord): boolean {
  return cell !== undefined && stampOf(cell)?.checkpoint !== record.checkpoint;
}
