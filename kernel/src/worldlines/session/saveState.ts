import { describe } from '../errors.js';
import type { State, StateRecord, VariablesRef } from '../journal/records.js';
import { encodeBlobs } from '../objects/blobList.js';
import { store as storeValue } from '../journal/stored.js';
import type { Tally } from '../objects/ObjectStore.js';
import type { CapturedVariables, Part, RanCell, Saved, VariablesCapture } from '../types.js';
import { captureWorkspace } from '../workspace/captureWorkspace.js';
import { isWorkspaceUnchanged } from '../workspace/isWorkspaceUnchanged.js';
import type { ShownVariable } from './shownVariables.js';
import type { Live, Taken } from './Live.js';
import { bootId } from '../store/liveness.js';
import { record, type Store } from './Store.js';

type Files = Pick<State, 'workspace'>;
type Tables = Pick<State, 'database' | 'tables'>;
type Names = Pick<State, 'variables' | 'shown'>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/**
 * Brings everything that a cell left into the store and then writes the record that says so. The parts are read one
 * checkpoint after the other, each in its own row, so that a slow one holds up only those who write to it.
 */
export async function saveState(
  store: Store,
  live: Live,
  checkpoint: string,
  cell: RanCell,
  capture: Promise<VariablesCapture | null> | null,
  late: { readonly outputs: boolean; readonly turns: boolean; readonly source: boolean },
): Promise<Saved> {
  const saved: Mutable<Saved> = { bytes: 0, lost: [], skipped: [], problems: [] };
  const tally: Tally = { bytes: 0 };
  const touched = (part: Part): boolean => cell.untouched?.includes(part) !== true;
  const before = live.recorded;
  live.writing += 1;
  let recorded = (): void => undefined;
  live.recorded = new Promise<void>((resolve) => {
    recorded = resolve;
  });
  const parts = [
    live.workspace.step((last) => (touched('workspace') ? saveWorkspace() : Promise.resolve(last))),
    live.database.step((last) =>
      touched('database') || live.databaseDirty ? saveDatabase(last) : Promise.resolve(last),
    ),
    live.variables.step(saveVariables),
  ] as const;
  const [results] = await Promise.all([Promise.allSettled(parts), before]);
  const [workspace, database, variables] = results;
  try {
    if (workspace.status === 'rejected') throw workspace.reason;
    if (database.status === 'rejected') throw database.reason;
    if (variables.status === 'rejected') throw variables.reason;
    const state: State = { ...workspace.value, ...database.value, ...variables.value };
    const extra = {
      ...(late.outputs ? { outputs: await storeValue(cell.outputs, store.objects, tally) } : {}),
      ...(late.turns ? { turns: await storeValue(cell.turns, store.objects, tally) } : {}),
      ...(late.source ? { source: await storeValue(cell.source, store.objects, tally) } : {}),
    };
    const entry: StateRecord = { t: 'state', checkpoint, state, bytes: tally.bytes + saved.bytes, ...extra };
    const boot = bootId();
    // What is written survives the end of this process; only a power cut takes what is not on the disk.
    if (boot !== null) {
      record(store, { ...entry, boot });
      recorded();
    }
    await store.objects.settle();
    record(store, entry);
    await store.journal.sync();
    live.unsaved = false;
    return { ...saved, bytes: entry.bytes };
  } catch (error) {
    live.unsaved = true;
    saved.problems.push(
      `The state after this cell could not be saved (${describe(error)}). It is still here; the next cell tries again.`,
    );
    return saved;
  } finally {
    recorded();
    live.writing -= 1;
  }

  async function saveWorkspace(): Promise<Files> {
    if (isWorkspaceUnchanged(live.place.workspace, live.index, store.objects)) return live.workspace.value;
    const kept = await captureWorkspace(live.place.workspace, live.index, store.objects, tally);
    saved.skipped.push(...kept.skipped);
    return { workspace: kept.ref };
  }

  async function saveDatabase(last: Tables): Promise<Tables> {
    const clean = !live.databaseDirty;
    // Also where the flush fails half-way: the next one may say that nothing changed.
    live.databaseDirty = true;
    const changed = await live.parts.flushDatabase();
    if (changed === null && clean) {
      live.databaseDirty = false;
      return last;
    }
    live.tables = changed?.tables ?? live.tables;
    const database = await store.databases.capture(live.place.databaseFile, last.database, tally);
    const tables = live.tables === null ? last.tables : await storeValue(live.tables, store.objects, tally);
    live.databaseDirty = false;
    live.tables = null;
    return { database, tables };
  }

  /** Where they could not be taken, the last ones remain: the same that the sandbox falls back to. */
  async function saveVariables(last: Names): Promise<Names> {
    try {
      await live.take(capture);
    } catch (error) {
      saved.problems.push(
        `The variables could not be saved, and the checkpoint has those of the one before: ${describe(error)}`,
      );
    }
    if (live.taken === null) return last;
    const { captured } = live.taken;
    const names = {
      variables: await keepVariables(store, captured, tally),
      shown: await storeValue(withDigests(live.taken), store.objects, tally),
    };
    live.taken = null;
    saved.lost.push(...captured.lost);
    saved.bytes += captured.bytesAdded;
    return names;
  }
}

function withDigests({ variables, captured: { digests } }: Taken): readonly ShownVariable[] {
  const known = new Map(digests);
  return variables.map((variable) => {
    const digest = known.get(variable.name);
    return digest === undefined ? variable : { ...variable, digest };
  });
}

async function keepVariables(store: Store, captured: CapturedVariables, tally: Tally): Promise<VariablesRef> {
  const ids = [...new Set(captured.blobs)].sort();
  const blobs = ids.map((id) => ({ id, size: store.objects.variableSize(id) ?? 0 }));
  return {
    manifest: await store.objects.putPieces(captured.manifest, tally),
    blobs: await store.objects.putPieces(encodeBlobs(blobs), tally),
    lost: captured.lost,
  };
}
