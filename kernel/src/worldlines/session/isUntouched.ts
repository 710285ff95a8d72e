import type { ObjectStore } from '../objects/ObjectStore.js';
import { isWorkspaceUnchanged } from '../workspace/isWorkspaceUnchanged.js';
import type { Live } from './Live.js';

/**
 * Whether a worldline is as its last checkpoint has it, or will have it once that is written; told at once: false where it
 * cannot be known without waiting.
 */
export function isUntouched(live: Live, objects: ObjectStore): boolean {
  if (live.unsaved || live.databaseDirty) return false;
  const { database, variables } = live.parts.changed();
  return !database && !variables && isWorkspaceUnchanged(live.place.workspace, live.index, objects);
}
