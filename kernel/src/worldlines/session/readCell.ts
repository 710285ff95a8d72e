import type { CellRecord } from '../../contract.js';
import type { Node } from '../graph/Graph.js';
import type { Stored } from '../journal/records.js';
import { unstore } from '../journal/stored.js';
import type { Store } from './Store.js';

/** A checkpoint's cell as it was run. What a crash kept from being written is empty. */
export async function readCell(node: Node, store: Store): Promise<CellRecord> {
  const { id: checkpoint, kind, cellId, executionCount, status, outputs } = node.record;
  const late = store.pending.get(checkpoint);
  return {
    ...{ checkpoint, kind, cellId, executionCount, status },
    source: await readSource(node, store),
    outputs: await read(outputs ?? node.saved?.outputs, late?.outputs ?? [], store),
  };
}

/** What the cell of a checkpoint says; its title, where a crash kept more from being written. */
export async function readSource({ record, saved }: Node, store: Store): Promise<string> {
  const { id, title } = record;
  return read(record.source ?? saved?.source, store.pending.get(id)?.source ?? title, store);
}

async function read<T>(stored: Stored<T> | null | undefined, fallback: T, { objects }: Store): Promise<T> {
  return stored == null ? fallback : unstore(stored, objects);
}

export async function readTurns(
  { record, saved }: Node,
  { objects, pending }: Store,
): Promise<readonly unknown[]> {
  const turns = record.turns ?? saved?.turns;
  return turns == null ? (pending.get(record.id)?.turns ?? []) : unstore(turns, objects);
}
