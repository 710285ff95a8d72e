import type { NotebookSession } from '../session/NotebookSession.js';
import { METADATA, stampOf } from './storedCells.js';

/**
 * The checkpoint that stands for "after this cell" in the active worldline: the cell's own, or that of the nearest
 * cell above that ran. Null where none of them did.
 */
export function checkpointOfCell(session: NotebookSession, index: number): string | null {
  const cells = session.panel.model?.cells;
  if (!cells) return null;
  const path = session.graph.activePath();
  for (let at = index; at >= 0; at--) {
    const cell = cells.get(at) as ReturnType<typeof cells.get> | undefined;
    const stamp = cell && stampOf({ metadata: { [METADATA]: cell.getMetadata(METADATA) as unknown } });
    if (stamp && path.has(stamp.checkpoint)) return stamp.checkpoint;
  }
  return null;
}
