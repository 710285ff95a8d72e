import { plural } from '../../counts.js';
import { WorldlineError } from '../errors.js';
import type { Graph, Node } from '../graph/Graph.js';

/**
 * Where an undo goes. A cell is undone with all its steps. A step is undone alone: of a finished run the last one, so
 * that what remains is the state before it.
 */
export function stepsBack(graph: Graph, head: Node, count: { cells?: number; steps?: number }): Node {
  const one = count.steps === undefined ? oneCell : oneStep;
  const [what, option] = count.steps === undefined ? ['cell', ''] : ['step', ' --step'];
  let at = head;
  for (let done = 0; done < (count.steps ?? count.cells ?? 1); done++) {
    if (done > 0 && graph.parent(at) === null)
      throw new WorldlineError(
        `Only ${plural(done, what)} can be undone: %undo${done === 1 ? '' : ` ${done}`}${option} goes back to where the worldline began.`,
      );
    at = one(graph, at);
  }
  return at;
}

/** With a run go its own steps alone: before them may stand one of a run that was taken back in part. */
function oneCell(graph: Graph, from: Node): Node {
  let at = before(graph, from);
  while (isOfOneRun(at, from)) at = before(graph, at);
  return at;
}

function oneStep(graph: Graph, from: Node): Node {
  const parent = before(graph, from);
  return from.record.kind === 'ask' && isOfOneRun(parent, from) ? before(graph, parent) : parent;
}

/** Whether a step is one of a run, or of the run that another step is of. */
function isOfOneRun({ record: step }: Node, { record: other }: Node): boolean {
  const run = other.kind === 'step' ? other.run?.checkpoint : other.id;
  return step.kind === 'step' && step.run?.checkpoint === run;
}

function before(graph: Graph, node: Node): Node {
  const parent = graph.parent(node);
  if (parent === null)
    throw new WorldlineError('There is nothing further to undo: this is where the worldline began.');
  return parent;
}
