import { isLinked } from '../graph/Graph.js';
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
  if (maxAge !== undefined && earlier.some((line) => used.of(line) < Date.now() - maxAge)) return true;
  if (maxBytes === undefined || earlier.length === 0) return false;
  return (await sizesOf(store.folder)).total > maxBytes;
}
