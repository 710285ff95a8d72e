import type { State } from '../../journal/records.js';
import { captureWorkspace } from '../../workspace/captureWorkspace.js';
import { isWorkspaceUnchanged } from '../../workspace/isWorkspaceUnchanged.js';
import type { Live } from '../Live.js';
import type { Store } from '../Store.js';
import type { Saving } from './Saving.js';

export async function saveWorkspace(
  store: Store,
  { place, index, workspace }: Live,
  saving: Saving,
): Promise<Pick<State, 'workspace'>> {
  if (isWorkspaceUnchanged(place.workspace, index, store.objects)) return workspace.value;
  const { ref, skipped } = await captureWorkspace(place.workspace, index, store.objects, saving);
  for (const one of skipped) saving.skipped.push(one);
  return { workspace: ref };
}
