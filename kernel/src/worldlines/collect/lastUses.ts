import { type Graph, isLinked } from '../graph/Graph.js';

/**
 * When something of a run was used, by the time that the run noted: no earlier than anything of the runs before it. A clock
 * that was set back makes nothing old.
 */
export function lastUses(graph: Graph): (journal: string, noted: number) => number {
  const latest = new Map<string, number>();
  for (const { journal, lastUsed, created } of graph.lines.values()) {
    if (!isLinked(journal))
      latest.set(journal, Math.max(latest.get(journal) ?? -Infinity, lastUsed, created));
  }
  const notBefore = new Map<string, number>();
  let before = -Infinity;
  for (const [journal, time] of [...latest].sort(([a], [b]) => (a < b ? -1 : 1))) {
    notBefore.set(journal, before);
    before = Math.max(before, time);
  }
  return (journal, noted) => Math.max(noted, notBefore.get(journal) ?? -Infinity);
}
