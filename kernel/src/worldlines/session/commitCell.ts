import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { whenNotCollecting } from '../collect/gate.js';
import type { Line } from '../graph/Graph.js';
import { summarizeCheckpoint, titleOf } from '../graph/summaries.js';
import type { CheckpointRecord } from '../journal/records.js';
import { inline } from '../journal/stored.js';
import { describe, StoreWriteError } from '../errors.js';
import type { Commit, RanCell, Saved, VariablesCapture } from '../types.js';
import type { Live } from './Live.js';
import { saveState } from './saveState.js';
import { record, type Store } from './Store.js';

/** A reply waits no longer than this for the disk. What a power cut then loses is at most the cell that just ran. */
const SYNC_WAIT = 10;

export function newId(): string {
  return randomBytes(6).toString('hex');
}

/**
 * The part of a checkpoint that a reply waits for: the variables are forked off, and the record is on its way to the
 * disk. It survives the end of this process at once. Throws StoreWriteError, and then nothing has changed.
 */
export async function commitCell(store: Store, line: Line, live: Live, cell: RanCell): Promise<Commit> {
  await store.gate;
  await whenNotCollecting(store.folder.collecting);
  const problems: string[] = [];
  const capture = await takeVariables(live, cell, problems);
  const entry = recordOf(store, line, cell);
  try {
    record(store, entry);
  } catch (error) {
    capture?.done.catch(() => undefined);
    live.unsaved = true;
    throw error;
  }
  const late = {
    outputs: entry.outputs === null,
    turns: entry.turns === null,
    source: entry.source === null,
  };
  // Kept until it is written, and for good where it could not be: the next cell asks for it.
  if (late.outputs || late.turns || late.source) store.pending.set(entry.id, cell);
  const saving = saveState(store, live, entry.id, cell, capture, late);
  const saved = saving.then((result): Saved => {
    if (!live.unsaved) store.pending.delete(entry.id);
    return { ...result, problems: [...problems, ...result.problems] };
  });
  live.saving = saved;
  await Promise.race([
    store.journal.sync().catch((error: unknown) => {
      problems.push(new StoreWriteError('The checkpoint may not survive a power cut', error).message);
    }),
    setTimeout(SYNC_WAIT, undefined, { ref: false }),
  ]);
  const node = store.graph.node(entry.id);
  if (node === undefined) throw new Error('A checkpoint is missing from the graph right after it was added.');
  return { checkpoint: summarizeCheckpoint(node), saved };
}

async function takeVariables(
  live: Live,
  cell: RanCell,
  problems: string[],
): Promise<VariablesCapture | null> {
  if (cell.untouched?.includes('variables') === true) return null;
  try {
    return await live.parts.captureVariables();
  } catch (error) {
    problems.push(`The variables could not be saved: ${describe(error)}`);
    return null;
  }
}

function recordOf(store: Store, line: Line, cell: RanCell): CheckpointRecord {
  const { kind, source, status, started, ended, executionCount, cellId } = cell;
  const lineage: string[] = [];
  for (const { record } of store.graph.ancestry(store.graph.node(line.head) ?? null)) {
    if (lineage.push(record.id) === 3) break;
  }
  return {
    ...{ t: 'checkpoint', id: newId(), lineage, worldline: line.id, kind, title: titleOf(source) },
    ...{ status, started, ended, executionCount, cellId },
    source: inline(source),
    outputs: inline(cell.outputs),
    turns: inline(cell.turns),
    ...(cell.asCells === undefined ? {} : { asCells: cell.asCells }),
  };
}
