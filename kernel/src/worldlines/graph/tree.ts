import { kernelOf } from '../journal/EarlierJournals.js';
import type { TreeLine } from '../types.js';
import type { Graph, Line, Node } from './Graph.js';
import { isCell } from './isCell.js';
import { listed } from './summaries.js';
import { whatRan } from './whatRan.js';

/** The worldlines as a tree, depth first: a branch stands below the worldline that it was made from. */
export function treeOf(graph: Graph, own: string, active: string, live: ReadonlySet<string>): TreeLine[] {
  const shown = listed(graph, own).filter((line) => !line.deleted);
  const ids = new Set(shown.map((line) => line.id));
  const children = new Map<string | null, Line[]>();
  for (const line of shown) {
    const from = line.fork === null ? undefined : graph.node(line.fork)?.record.worldline;
    const parent = from !== undefined && from !== line.id && ids.has(from) ? from : null;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [line]);
    else siblings.push(line);
  }
  const drawn: TreeLine[] = [];
  const add = (parent: string | null, depth: number): void => {
    for (const line of children.get(parent) ?? []) {
      drawn.push({
        ...{ depth, worldline: line.id, name: line.name, active: line.id === active },
        foreign: graph.areApart(line.journal, own),
        ...{ earlier: line.journal !== own, inUse: line.journal === own || live.has(kernelOf(line.journal)) },
        ...{ head: line.head, headTitle: graph.node(line.head)?.record.title ?? '' },
        ...cellsOf(graph, line, own),
        ...{ lastUsed: line.lastUsed, bytes: line.bytes },
      });
      add(line.id, depth + 1);
    }
  };
  add(null, 0);
  return drawn;
}

/** Of an earlier run's, of which not all may be read, all cells count: nobody asks which of them were undone. */
function cellsOf(graph: Graph, line: Line, own: string): Pick<TreeLine, 'cells' | 'undone' | 'steps'> {
  if (line.journal !== own) return { cells: line.cells, undone: 0, steps: 0 };
  const nodes: Node[] = [];
  for (const node of graph.ancestry(graph.node(line.head) ?? null)) {
    if (node.record.id === line.fork) break;
    nodes.push(node);
  }
  const ran = [...whatRan(nodes)];
  const cells = ran.filter(({ record }) => isCell(record)).length;
  return { cells, undone: Math.max(0, line.cells - cells), steps: ran.length - cells };
}
