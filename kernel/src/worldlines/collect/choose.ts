import { isLinked, type Line, type Node } from '../graph/Graph.js';
import type { Store } from '../session/Store.js';
import type { CollectOptions } from '../types.js';
import { lastUses } from './lastUses.js';

export interface Choice {
  readonly lines: readonly Line[];
  readonly keep: ReadonlySet<Node>;
  readonly drop: readonly Node[];
}

/**
 * What clean-up lets go of: deleted worldlines; those of earlier runs that are too old, or the oldest ones until the
 * store is small enough; and what no remaining worldline leads to. `inUse` is never touched.
 */
export function choose(
  store: Store,
  options: CollectOptions,
  inUse: ReadonlySet<string>,
  total: number,
): Choice {
  const { graph, own } = store;
  const gone = new Set<Line>();
  const free = [...graph.lines.values()].filter((line) => !inUse.has(line.id) && !isLinked(line.journal));
  const cutoff = options.maxAge === undefined ? -Infinity : Date.now() - options.maxAge;
  const used = lastUses(graph);
  for (const line of free) {
    const unwanted = line.deleted && options.keepDeleted !== true;
    if (unwanted || (line.journal !== own && used.of(line) < cutoff)) gone.add(line);
  }
  let size = total - [...gone].reduce((sum, line) => sum + line.bytes, 0);
  const earlier = free.filter((line) => line.journal !== own && !gone.has(line));
  const deletedFirst = (a: Line, b: Line): number =>
    Number(b.deleted) - Number(a.deleted) || used.of(a) - used.of(b) || (a.journal < b.journal ? -1 : 1);
  for (const line of earlier.sort(deletedFirst)) {
    if (size <= (options.maxBytes ?? Infinity)) break;
    gone.add(line);
    size -= line.bytes;
  }
  const keep = new Set<Node>();
  const keepWith = (from: Node | undefined): void => {
    for (const node of graph.ancestry(from ?? null)) {
      if (keep.has(node)) break;
      keep.add(node);
      // A step that is left has its turns in its run's checkpoint.
      const run = graph.node(node.record.run?.checkpoint ?? '');
      if (run !== undefined) keep.add(run);
    }
  };
  const goneIds = new Set([...gone].map((line) => line.id));
  for (const line of graph.lines.values())
    if (!gone.has(line) && !isLinked(line.journal)) keepWith(graph.node(line.head));
  for (const node of graph.nodes()) {
    const { worldline, ended } = node.record;
    if (!isLinked(node.journal) && !goneIds.has(worldline) && used.at(node.journal, ended) >= cutoff)
      keepWith(node);
  }
  return {
    lines: [...gone],
    keep,
    drop: [...graph.nodes()].filter((node) => !keep.has(node) && !isLinked(node.journal)),
  };
}
