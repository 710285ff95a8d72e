import { describe } from '../../errors.js';
import type { State, VariablesRef } from '../../journal/records.js';
import { store as storeValue } from '../../journal/stored.js';
import { encodeBlobs } from '../../objects/blobList.js';
import type { CapturedVariables } from '../../types.js';
import type { Live, Taken } from '../Live.js';
import type { ShownVariable } from '../shownVariables.js';
import type { Store } from '../Store.js';
import type { Saving, Unwritten } from './Saving.js';

type Names = Pick<State, 'variables' | 'shown'>;

/** Where they could not be taken, the last ones remain: the same that the sandbox falls back to. */
export async function saveVariables(
  store: Store,
  live: Live,
  last: Names,
  capture: Unwritten['capture'],
  saving: Saving,
): Promise<Names> {
  try {
    await live.take(capture);
  } catch (error) {
    saving.problems.push(
      `The variables could not be saved, and the checkpoint has those of the one before: ${describe(error)}`,
    );
  }
  if (live.taken === null) return last;
  const { captured } = live.taken;
  const names = {
    variables: await keepVariables(store, captured, saving),
    shown: await storeValue(withDigests(live.taken), store.objects, saving),
  };
  live.taken = null;
  for (const one of captured.lost) saving.lost.push(one);
  saving.bytes += captured.bytesAdded;
  return names;
}

function withDigests({ variables, captured: { digests } }: Taken): readonly ShownVariable[] {
  const known = new Map(digests);
  return variables.map((variable) => {
    const digest = known.get(variable.name);
    return digest === undefined ? variable : { ...variable, digest };
  });
}

async function keepVariables(
  store: Store,
  captured: CapturedVariables,
  saving: Saving,
): Promise<VariablesRef> {
  const ids = [...new Set(captured.blobs)].sort();
  const blobs = ids.map((id) => ({ id, size: store.objects.variableSize(id) ?? 0 }));
  return {
    manifest: await store.objects.putPieces(captured.manifest, saving),
    blobs: await store.objects.putPieces(encodeBlobs(blobs), saving),
    lost: captured.lost,
  };
}
