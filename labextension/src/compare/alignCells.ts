import type { CellRecord } from '../../../kernel/src/contract.js';

export interface CellPair {
  readonly a: CellRecord | null;
  readonly b: CellRecord | null;
}

/**
 * Cells of both worldlines side by side: the same cell of the notebook, or the same source, in one row; others in a
 * row of their own, in order. Looks for the longest common run, so a cell added on one side doesn't shift the rest.
 */
export function alignCells(a: readonly CellRecord[], b: readonly CellRecord[]): readonly CellPair[] {
  const lengths = commonLengths(a, b);
  const pairs: CellPair[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [left, right] = [a[i], b[j]];
    if (!left && !right) return pairs;
    if (left && right && same(left, right)) {
      pairs.push({ a: left, b: right });
      i++;
      j++;
    } else if (right && (!left || (lengths[i]?.[j + 1] ?? 0) > (lengths[i + 1]?.[j] ?? 0))) {
      pairs.push({ a: null, b: right });
      j++;
    } else {
      pairs.push({ a: left ?? null, b: null });
      i++;
    }
  }
}

/** Rows with one side only that follow each other share a row where they are of one kind: two tries at one question. */
export function pairTries(pairs: readonly CellPair[]): readonly CellPair[] {
  const result: CellPair[] = [];
  for (const pair of pairs) {
    const open = result.findIndex((each) =>
      pair.a ? !each.a && each.b?.kind === pair.a.kind : !each.b && each.a?.kind === pair.b?.kind,
    );
    const there = result[open];
    const both = pair.a && pair.b;
    if (!both && there && !result.slice(open + 1).some((each) => each.a && each.b)) {
      result[open] = { a: there.a ?? pair.a, b: there.b ?? pair.b };
    } else result.push(pair);
  }
  return result;
}

function same(a: CellRecord, b: CellRecord): boolean {
  return (a.cellId !== null && a.cellId === b.cellId) || a.source === b.source;
}

function commonLengths(a: readonly CellRecord[], b: readonly CellRecord[]): readonly (readonly number[])[] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const [left, right, row] = [a[i], b[j], lengths[i]];
      if (!left || !right || !row) continue;
      row[j] = same(left, right)
        ? 1 + (lengths[i + 1]?.[j + 1] ?? 0)
        : Math.max(lengths[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}
