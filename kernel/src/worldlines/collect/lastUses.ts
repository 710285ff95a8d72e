import { type Graph, isLinked, type Line } from '../graph/Graph.js';

export interface LastUses {
  /** Of something in a run, by the time that the run noted. */
  readonly at: (journal: string, noted: number) => number;
  readonly of: (line: Line) => number;
}

/**
 * When things of a store were used last: none earlier than anything of the runs before its own. A clock that was set back
 * makes nothing old.
 */
export function lastUses(graph: Graph): LastUses {
  const latest = new Map<string, number>();
  for (const line of graph.lines.values()) {
    const { journal } = line;
    if (!isLinked(journal)) latest.set(journal, Math.max(latest.get(journal) ?? -Infinity, notedOf(line)));
  }
  const notBefore = new Map<string, number>();
  let before = -Infinity;
  for (const [journal, time] of [...latest].sort(([a], [b]) => (a < b ? -1 : 1))) {
    notBefore.set(journal, before);
    before = Math.max(before, time);
  }
  const at = (journal: string, noted: number): number => Math.max(noted, notBefore.get(journal) ?? -Infinity);
  return { at, of: (line) => at(line.journal, notedOf(line)) };
}

function notedOf({ lastUsed, created }: Line): number {
  return Math.max(lastUsed, created);
}
