import type { CheckpointSummary, WorldlineSummary } from '../../../kernel/src/contract.js';
import { Graph } from './Graph.js';

export const checkpoint = (id: string, parent: string | null, worldline: string): CheckpointSummary => ({
  id,
  parent,
  worldline,
  kind: 'sql',
  title: id,
  status: 'ok',
  started: 0,
  ended: 0,
  executionCount: 1,
  cellId: id,
  bytes: null,
});
export const worldline = (id: string, head: string, active: boolean): WorldlineSummary => ({
  id,
  name: id,
  head,
  fork: null,
  continues: [],
  active,
  earlier: false,
  deleted: false,
  created: 0,
});

/** What the kernel tells: checkpoints, newest first, and worldlines. */
export function graphOf(
  checkpoints: readonly CheckpointSummary[],
  worldlines: readonly WorldlineSummary[],
): Graph {
  const graph = new Graph();
  graph.load([{ worldlines, checkpoints, total: checkpoints.length, offset: 0 }]);
  return graph;
}
