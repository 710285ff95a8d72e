import { randomUUID } from 'node:crypto';
import { waitAtMost } from '../../waitAtMost.js';
import { whenNotCollecting } from '../collect/gate.js';
import type { Line } from '../graph/Graph.js';
import { summarizeCheckpoint, titleOf } from '../graph/summaries.js';
import type { CheckpointRecord } from '../journal/records.js';
import { inline } from '../journal/stored.js';
import { StoreWriteError } from '../errors.js';
import type { Commit, RanCell, Saved, VariablesCapture } from '../types.js';
import { isUntouched } from './isUntouched.js';
import type { Live } from './Live.js';
import { saveState } from './save/saveState.js';
import { LONG } from './save/Saving.js';
import { record, type Store } from './Store.js';

/**
 * Milliseconds that a reply waits at most until the checkpoint before is recorded with its state, and what goes to the disk is
 * there: what a kill then takes along is the cell that just ran, and not a row of them.
 */
const WAIT = 10;

export function newId(): string {
  return randomUUID().slice(-12);
}

/**
 * The part of a checkpoint that a reply waits for: variables are forked off before any later code runs, and the record is
 * written. It survives the end of this process at once, and so does its state where the cell changed nothing. Throws
 * StoreWriteError, and then nothing has changed.
 */
export async function commitCell(store: Store, line: Line, live: Live, cell: RanCell): Promise<Commit> {
  await store.gate;
  await whenNotCollecting(store.folder.collecting);
  const before = store.journal.syncing;
  const recorded = live.writing > 0 ? live.recorded : null;
  const untouched = isUntouched(live, store.objects);
  const bare = recordOf(store, line, cell);
  const whole = LONG.every((part) => bare[part] !== null);
  const unchanged = untouched && whole && live.writing === 0;
  const entry: CheckpointRecord = untouched && !unchanged ? { ...bare, untouched } : bare;
  const capture = unchanged ? null : captureVariables(live, cell);
  try {
    if (unchanged) record(store, entry, { t: 'state', checkpoint: entry.id, state: live.state, bytes: 0 });
    else record(store, entry);
  } catch (error) {
    live.unsaved = true;
    // The next checkpoint has them: who gave them says from now on that nothing changed.
    live.variables.step((last) => live.take(capture).then(() => last)).catch(() => undefined);
    throw error;
  }
  let tell: (soFar: Saved) => void = () => undefined;
  const known = new Promise<Saved>((resolve) => {
    tell = resolve;
  });
  const saved = finish(store, live, entry, cell, capture, unchanged, tell);
  if (!unchanged) live.saving = saved;
  if (before !== null || recorded !== null) await waitAtMost(WAIT, Promise.all([before, recorded]));
  const node = store.graph.node(entry.id);
  if (node === undefined) throw new Error('A checkpoint is missing from the graph right after it was added.');
  return { checkpoint: summarizeCheckpoint(node), recorded: known, saved };
}

/**
 * Brings what was written to the disk, and writes what is left of a cell that changed something. Never rejects. `tell` is
 * called before the next cell begins.
 */
async function finish(
  store: Store,
  live: Live,
  entry: CheckpointRecord,
  cell: RanCell,
  capture: Promise<VariablesCapture | null> | null,
  unchanged: boolean,
  tell: (soFar: Saved) => void,
): Promise<Saved> {
  const syncing = (unchanged ? store.journal.syncSoon() : store.journal.sync()).then(
    () => [],
    (error: unknown) => [new StoreWriteError('The checkpoint may not survive a power cut', error).message],
  );
  if (unchanged) {
    const nothing = { bytes: 0, lost: [], skipped: [], problems: [] };
    tell(nothing);
    return { ...nothing, problems: await syncing };
  }
  const late = LONG.filter((part) => entry[part] === null);
  // Kept until it is written, and for good where it could not be: the next cell asks for it.
  if (late.length > 0) store.pending.set(entry.id, cell);
  const saved = await saveState(store, live, { checkpoint: entry.id, cell, capture, late }, tell);
  if (!live.unsaved) store.pending.delete(entry.id);
  return { ...saved, problems: [...saved.problems, ...(await syncing)] };
}

/** Called at once, so that later code finds them taken; null where they are known to be as they were. */
function captureVariables(live: Live, cell: RanCell): Promise<VariablesCapture | null> | null {
  if (cell.untouched?.includes('variables') === true) return null;
  const capture = live.parts.captureVariables();
  // Where the record cannot be written, nobody waits for it.
  capture.catch(() => undefined);
  return capture;
}

function recordOf(store: Store, line: Line, cell: RanCell): CheckpointRecord {
  const { kind, source, status, started, ended, executionCount, cellId } = cell;
  const lineage: string[] = [];
  for (const { record } of store.graph.ancestry(store.graph.node(line.head) ?? null)) {
    if (lineage.push(record.id) === 3) break;
  }
  return {
    ...{ t: 'checkpoint', id: cell.id ?? newId(), lineage, worldline: line.id, kind, title: titleOf(source) },
    ...{ status, started, ended, executionCount, cellId },
    source: inline(source),
    outputs: inline(cell.outputs),
    turns: inline(cell.turns),
    ...(cell.asCells === undefined ? {} : { asCells: cell.asCells }),
    ...(cell.run === undefined ? {} : { run: cell.run }),
  };
}
