import { DamagedObjectError, describe } from '../errors.js';
import type { Node } from '../graph/Graph.js';
import { EMPTY_STATE, type State, type VariablesRef } from '../journal/records.js';
import { decodeBlobs } from '../objects/blobList.js';
import { checkVariables } from '../objects/checkVariables.js';
import type { CapturedVariables, LostVariable, Parts } from '../types.js';
import { restoreWorkspace } from '../workspace/restoreWorkspace.js';
import type { WorkspaceIndex } from '../workspace/WorkspaceIndex.js';
import type { Store } from './Store.js';

/** A checkpoint's state, and those of its ancestors in case a part of it is damaged. */
export interface Target {
  readonly state: State;
  readonly earlier: () => Iterable<State>;
  readonly notes: readonly string[];
}

/** The state to go to for a checkpoint: its own where it was saved, else that of the nearest ancestor. */
export function targetOf(store: Store, node: Node): Target {
  const unsaved: Node[] = [];
  for (const found of store.graph.ancestry(node)) {
    const state = found.saved?.state ?? (found.record.kind === 'root' ? EMPTY_STATE : null);
    if (state !== null) {
      return { state, earlier: () => statesBefore(store, found), notes: unsavedNotes(unsaved, found) };
    }
    if (found.record.untouched !== true) unsaved.unshift(found);
  }
  return { state: EMPTY_STATE, earlier: () => [], notes: unsavedNotes(unsaved, null) };
}

/** Says whose work a kernel that was killed took along, and where that leaves the person. */
function unsavedNotes(unsaved: readonly Node[], left: Node | null): string[] {
  if (unsaved.length === 0) return [];
  const cells = unsaved.map(({ record }) => `"${record.title}"`).join(', ');
  const place =
    left === null || left.record.kind === 'root' ? 'at the start' : `after "${left.record.title}"`;
  return [
    `The kernel ended before the state after ${cells} was saved: tables, files and variables are as they were ${place}. What the cells showed is kept; run them again.`,
  ];
}

function* statesBefore(store: Store, node: Node): Generator<State> {
  for (const { saved } of store.graph.ancestry(store.graph.parent(node)))
    if (saved !== null) yield saved.state;
}

/** Puts one part in place; where its snapshot is damaged, that of the nearest ancestor with another one. */
async function intact<K extends 'database' | 'workspace' | 'variables'>(
  part: K,
  target: Target,
  notes: string[],
  put: (value: State[K]) => Promise<void>,
): Promise<State[K]> {
  let tried: string | null = null;
  for (const state of candidates(target)) {
    const value = state[part];
    const key = JSON.stringify(value);
    if (key === tried) continue;
    try {
      await put(value);
      if (tried !== null) notes.push(`The ${part} of this checkpoint is damaged; it is from an earlier one.`);
      return value;
    } catch (error) {
      if (!(error instanceof DamagedObjectError)) throw error;
      tried = key;
    }
  }
  return EMPTY_STATE[part];
}

function* candidates(target: Target): Generator<State> {
  yield target.state;
  yield* target.earlier();
  yield EMPTY_STATE;
}

export async function restoreFiles(
  store: Store,
  target: Target,
  workspace: string,
  index: WorkspaceIndex,
  notes: string[],
): Promise<State['workspace']> {
  return intact('workspace', target, notes, (ref) => restoreWorkspace(workspace, ref, index, store.objects));
}

export async function restoreDatabase(
  store: Store,
  target: Target,
  file: string,
  notes: string[],
): Promise<State['database']> {
  return intact('database', target, notes, (ref) => store.databases.restore(file, ref));
}

export async function restoreVariables(
  store: Store,
  target: Target,
  parts: Parts,
  notes: string[],
): Promise<{ ref: State['variables']; lost: readonly LostVariable[] }> {
  let lost: readonly LostVariable[] = [];
  const ref = await intact('variables', target, notes, async (value) => {
    const snapshot = value === null ? null : await readVariables(store, value);
    ({ lost } = await parts.restoreVariables(snapshot));
    if (snapshot !== null) checkLater(store, snapshot.blobs);
  });
  return { ref, lost };
}

async function readVariables(store: Store, ref: VariablesRef): Promise<CapturedVariables> {
  const { objects } = store;
  const manifest = await objects.readPieces(ref.manifest);
  const blobs = decodeBlobs(await objects.readPieces(ref.blobs));
  for (const { id, size } of blobs) {
    if (objects.variableSize(id) === size) continue;
    if (objects.hasVariable(id)) await objects.setAside(objects.variablePath(id));
    await objects.bring((from) => from.variablePath(id));
    if (objects.variableSize(id) !== size) throw new DamagedObjectError(id);
  }
  return { manifest, blobs: blobs.map(({ id }) => id), bytesAdded: 0, lost: ref.lost, digests: [] };
}

/** Variables are mapped, not read, to be there at once; that their bytes are right is made sure of afterwards. */
function checkLater(store: Store, ids: readonly string[]): void {
  store.checking = store.checking.then(async () => {
    try {
      const damaged = await checkVariables(store.objects, ids);
      if (damaged.length === 0) return;
      store.notes.push(
        'Some restored variables are damaged: their file in the store has changed. It was set aside; go back to another checkpoint, or make them anew.',
      );
    } catch (error) {
      store.notes.push(`The restored variables could not be checked: ${describe(error)}`);
    }
  });
}
