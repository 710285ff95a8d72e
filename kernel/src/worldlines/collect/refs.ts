import { decodeList, idAt, ENTRY_BYTES } from '../database/blockList.js';
import { DamagedObjectError } from '../errors.js';
import type { Node } from '../graph/Graph.js';
import type { State, Stored } from '../journal/records.js';
import { decodeBlobs } from '../objects/blobList.js';
import { splitIds } from '../objects/hash.js';
import { isText, type PiecesRef } from '../objects/inText.js';
import type { Store } from '../session/Store.js';
import { decodeManifest } from '../workspace/manifest.js';

/** Everything in the store that some checkpoints need. */
export interface Refs {
  readonly objects: Set<string>;
  readonly variables: Set<string>;
  readonly clones: Set<string>;
  /** Lists that could not be read: what only they name is out of reach anyway. */
  damaged: number;
}

/** What open worldlines hold that no checkpoint may tell of yet, as after a disk was full. */
export interface Held {
  readonly states: readonly State[];
  /** Blobs of variables. */
  readonly variables: readonly string[];
}

/** Follows the references of checkpoints and open worldlines down to the last piece. Rejects where the signal aborts. */
export async function refsOf(
  store: Store,
  nodes: Iterable<Node>,
  { held, signal }: { readonly held?: Held; readonly signal?: AbortSignal | undefined } = {},
): Promise<Refs> {
  const variables = new Set(held?.variables);
  const refs: Refs = { objects: new Set(), variables, clones: new Set(), damaged: 0 };
  const followed = new Set<string>();

  const stored = (value: Stored<unknown> | null | undefined): void => {
    if (value != null && 'object' in value) refs.objects.add(value.object);
  };
  /** Reads a list in pieces, once, and hands its bytes on. */
  const list = async (ref: PiecesRef, use: (bytes: Buffer) => void): Promise<void> => {
    if (followed.has(ref)) return;
    signal?.throwIfAborted();
    followed.add(ref);
    try {
      if (!isText(ref)) {
        refs.objects.add(ref);
        for (const piece of splitIds(await store.objects.read(ref))) refs.objects.add(piece);
      }
      use(await store.objects.readPieces(ref));
    } catch (error) {
      if (!(error instanceof DamagedObjectError)) throw error;
      refs.damaged++;
    }
  };

  const follow = async ({ database, workspace, variables, tables, shown }: State): Promise<void> => {
    stored(tables);
    stored(shown);
    if (workspace !== null) {
      await list(workspace.list, (bytes) => {
        for (const file of decodeManifest(bytes).files) refs.objects.add(file.id);
      });
    }
    if (variables !== null) {
      await list(variables.manifest, () => undefined);
      await list(variables.blobs, (bytes) => {
        for (const { id } of decodeBlobs(bytes)) refs.variables.add(id);
      });
    }
    if (database?.form === 'clone') refs.clones.add(database.file);
    if (database?.form === 'blocks') {
      await list(database.list, (bytes) => {
        const blocks = decodeList(bytes);
        const count = blocks.entries.length / ENTRY_BYTES;
        for (let block = 0; block < count; block++) refs.objects.add(idAt(blocks, block));
      });
    }
  };

  for (const { record, saved } of nodes) {
    for (const value of [record.source, record.outputs, record.turns]) stored(value);
    if (saved === null) continue;
    for (const value of [saved.source, saved.outputs, saved.turns]) stored(value);
    await follow(saved.state);
  }
  for (const state of held?.states ?? []) await follow(state);
  return refs;
}
