import { WorldlineError } from '../errors.js';
import type { Graph, Node } from '../graph/Graph.js';

/**
 * Where an undo goes. A cell is undone with all its steps. A step is undone alone: of a finished run the last one, so
 * that what remains is the state before it.
 */
export function stepsBack(graph: Graph, head: Node, count: { cells?: number; steps?: number }): Node {
  let at = head;
  if (count.steps !== undefined) {
    for (let left = count.steps; left > 0; left--) at = oneStep(graph, at);
    return at;
  }
  for (let left = count.cells ?? 1; left > 0; left--) at = oneCell(graph, at);
  return at;
}

function oneCell(graph: Graph, from: Node): Node {
  let at = before(graph, from);
  while (at.record.kind === 'step') at = before(graph, at);
  return at;
}

function oneStep(graph: Graph, from: Node): Node {
  const parent = before(graph, from);
  return from.record.kind === 'ask' && parent.record.kind === 'step' ? before(graph, parent) : parent;
}

function before(graph: Graph, node: Node): Node {
  const parent = graph.parent(node);
  if (parent === null)
    throw new WorldlineError('There is nothing further to undo: this is where the worldline began.');
  return parent;
}
