import type { CellRecord } from '../../contract.js';
import type { Node } from '../graph/Graph.js';
import type { Stored } from '../journal/records.js';
import { unstore } from '../journal/stored.js';
import type { Store } from './Store.js';

/** A checkpoint's cell as it was run. What a crash kept from being written is empty. */
export async function readCell({ record, saved }: Node, { objects, pending }: Store): Promise<CellRecord> {
  const { id: checkpoint, kind, cellId, executionCount, status } = record;
  const read = async <T>(stored: Stored<T> | null | undefined, fallback: T): Promise<T> =>
    stored == null ? fallback : unstore(stored, objects);
  const late = pending.get(checkpoint);
  return {
    ...{ checkpoint, kind, cellId, executionCount, status },
    source: await read(record.source ?? saved?.source, late?.source ?? record.title),
    outputs: await read(record.outputs ?? saved?.outputs, late?.outputs ?? []),
  };
}

export async function readTurns(
  { record, saved }: Node,
  { objects, pending }: Store,
): Promise<readonly unknown[]> {
  const turns = record.turns ?? saved?.turns;
  return turns == null ? (pending.get(record.id)?.turns ?? []) : unstore(turns, objects);
}
