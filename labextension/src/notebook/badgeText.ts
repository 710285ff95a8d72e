import type { TranslationBundle } from '@jupyterlab/translation';
import type { Graph } from '../worldlines/Graph.js';
import { stampOf, type StoredCell } from './storedCells.js';

export interface Badge {
  readonly kind: 'elsewhere' | 'undone' | 'outdated';
  readonly text: string;
}

/** For each cell in the notebook's order, what a reader should know about its output; null where it's as it seems. */
export function badgesFor(
  cells: readonly Pick<StoredCell, 'metadata'>[],
  graph: Graph,
  trans: TranslationBundle,
): readonly (Badge | null)[] {
  const path = graph.activePath();
  let latest: { order: number; title: string } | null = null;
  return cells.map((cell) => {
    const stamp = stampOf(cell);
    if (!stamp || path.size === 0) return null;
    const order = path.get(stamp.checkpoint);
    const checkpoint = graph.checkpoint(stamp.checkpoint);
    if (order === undefined) return checkpoint ? offPath(stamp.worldline, graph, trans) : earlierRun(trans);
    const above = latest;
    if (above === null || order > above.order) {
      latest = { order, title: checkpoint?.title ?? '' };
      return null;
    }
    return {
      kind: 'outdated',
      text: trans.__('Out of date: “%1” above ran again after this cell', above.title),
    };
  });
}

function offPath(worldline: string, graph: Graph, trans: TranslationBundle): Badge {
  if (worldline === graph.activeId) {
    return { kind: 'undone', text: trans.__('Undone: what this cell did is no longer there') };
  }
  const known = graph.worldline(worldline);
  return known === null || known.earlier
    ? earlierRun(trans)
    : { kind: 'elsewhere', text: trans.__('Ran in the worldline “%1”, not in this one', known.name) };
}

function earlierRun(trans: TranslationBundle): Badge {
  return { kind: 'elsewhere', text: trans.__('Ran in an earlier session') };
}
