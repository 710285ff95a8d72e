import { sameCell, type StoredCell } from './storedCells.js';

/** One replacement that turns a list of cells into another: delete `[from, to)`, insert `cells` at `from`. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly cells: readonly StoredCell[];
}

/** The smallest single replacement; cells that are the same at both ends stay untouched. Null where nothing differs. */
export function spliceBetween(now: readonly StoredCell[], then: readonly StoredCell[]): Splice | null {
  const same = (a: StoredCell | undefined, b: StoredCell | undefined) =>
    a !== undefined && b !== undefined && sameCell(a, b);
  const most = Math.min(now.length, then.length);
  let head = 0;
  while (head < most && same(now[head], then[head])) head++;
  let tail = 0;
  while (tail < most - head && same(now[now.length - 1 - tail], then[then.length - 1 - tail])) tail++;
  if (head + tail === now.length && head + tail === then.length) return null;
  return { from: head, to: now.length - tail, cells: then.slice(head, then.length - tail) };
}
