import type { CheckpointRecord } from '../journal/records.js';
import type { ObjectStore } from '../objects/ObjectStore.js';
import { isWorkspaceUnchanged } from '../workspace/isWorkspaceUnchanged.js';
import type { Live } from './Live.js';

/**
 * Whether a worldline is as its last checkpoint has it and all of the next one stands in its record, told at once: false
 * where that cannot be known without waiting.
 */
export function isUnchanged(live: Live, entry: CheckpointRecord, objects: ObjectStore): boolean {
  if (live.writing > 0 || live.unsaved || live.databaseDirty) return false;
  if (entry.outputs === null || entry.turns === null || entry.source === null) return false;
  const { database, variables } = live.parts.changed();
  return !database && !variables && isWorkspaceUnchanged(live.place.workspace, live.index, objects);
}
