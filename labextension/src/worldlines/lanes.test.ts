import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { layOutLanes, type LaneNode } from './lanes.js';

/** `['b<a', 'a']`: b is a child of a. Newest first. */
const nodes = (...lines: string[]): LaneNode[] =>
  lines.map((line) => {
    const [id = '', parent = null] = line.split('<');
    return { id, parent };
  });
const lanesOf = (list: LaneNode[]) => layOutLanes(list).rows.map((row) => row.lane);

describe('laying out the lanes', () => {
  test('one worldline is one lane', () => {
    const layout = layOutLanes(nodes('c<b', 'b<a', 'a'));
    expect(layout.rows.map((row) => row.lane)).toEqual([0, 0, 0]);
    expect(layout.width).toBe(1);
    expect(layout.rows[0]?.below).toEqual([{ from: 0, to: 0 }]);
    expect(layout.rows[2]?.below).toEqual([]);
  });

  test('a branch stands beside and bends into its fork', () => {
    const layout = layOutLanes(nodes('y<b', 'c<b', 'b<a', 'a'));
    expect(layout.rows.map((row) => row.lane)).toEqual([0, 1, 0, 0]);
    expect(layout.rows[1]?.below).toEqual([
      { from: 0, to: 0 },
      { from: 1, to: 0 },
    ]);
  });

  test('a lane is used again after its line has ended', () => {
    expect(lanesOf(nodes('e<d', 'x<d', 'd<c', 'y<c', 'c'))).toEqual([0, 1, 0, 1, 0]);
  });

  test('separate sessions do not touch', () => {
    const layout = layOutLanes(nodes('b<a', 'a', 'q<p', 'p'));
    expect(layout.rows[1]?.below).toEqual([]);
    expect(layout.width).toBe(1);
  });

  test('any tree: no two lines in one lane, every line leads from child to parent', () => {
    const tree = fc.array(fc.nat(), { minLength: 1, maxLength: 60 }).map((picks) =>
      picks
        .map((pick, index) => ({
          id: String(index),
          parent: index === 0 || pick % 9 === 8 ? null : String(pick % index),
        }))
        .reverse(),
    );
    fc.assert(
      fc.property(tree, (list) => {
        const { rows } = layOutLanes(list);
        for (const node of list) {
          if (node.parent === null) continue;
          let at = rows.findIndex((row) => row.id === node.id);
          let lane = rows[at]?.lane;
          for (; rows[at]?.id !== node.parent; at++) {
            const edges: { from: number; to: number }[] = (rows[at]?.below ?? []).filter(
              (edge) => edge.from === lane,
            );
            expect(edges).toHaveLength(1);
            lane = edges[0]?.to;
          }
          expect(lane).toBe(rows[at]?.lane);
        }
      }),
    );
  });

  test('ten thousand checkpoints in many branches stay quick to lay out', () => {
    const list = Array.from({ length: 10_000 }, (_, index) => ({
      id: String(index),
      parent: index === 0 ? null : String(index - (index % 40 === 0 ? Math.min(index, 30) : 1)),
    })).reverse();
    expect(layOutLanes(list).rows).toHaveLength(10_000);
  });
});
