import type { Node } from './Graph.js';
import { isCell } from './isCell.js';

/**
 * Of checkpoints, newest first: the cells, and the steps that are left of runs which were taken back in part. Those of a whole run
 * are in it.
 */
export function* whatRan(ancestry: Iterable<Node>): Generator<Node> {
  const runs = new Set<string | undefined>();
  for (const node of ancestry) {
    const { record } = node;
    if (isCell(record)) {
      runs.add(record.id);
      yield node;
    } else if (record.kind === 'step' && !runs.has(record.run?.checkpoint)) yield node;
  }
}
