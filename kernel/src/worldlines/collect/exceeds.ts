import { isLinked, type Line } from '../graph/Graph.js';
import type { Store } from '../session/Store.js';
import type { StoreLimits } from '../types.js';
import { lastUses } from './lastUses.js';
import { sizesOf } from './sizes.js';

/** Whether a store is past a limit by what earlier runs left. The caller has loaded every journal. */
export async function exceeds(store: Store, { maxAge, maxBytes }: StoreLimits): Promise<boolean> {
  const earlier = [...store.graph.lines.values()].filter(
    ({ journal }) => journal !== store.own && !isLinked(journal),
  );
  const used = lastUses(store.graph);
  const isOld = ({ journal, lastUsed, created }: Line, age: number): boolean =>
    used(journal, Math.max(lastUsed, created)) < Date.now() - age;
  if (maxAge !== undefined && earlier.some((line) => isOld(line, maxAge))) return true;
  if (maxBytes === undefined || earlier.length === 0) return false;
  return (await sizesOf(store.folder)).total > maxBytes;
}
