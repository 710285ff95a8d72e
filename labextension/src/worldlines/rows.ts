import type { CheckpointSummary, WorldlineSummary } from '../../../kernel/src/contract.js';
import type { Graph } from './Graph.js';
import { layOutLanes, type LaneEdge } from './lanes.js';

export interface GraphRow {
  readonly checkpoint: CheckpointSummary;
  readonly lane: number;
  readonly above: readonly LaneEdge[];
  readonly below: readonly LaneEdge[];
  readonly heads: readonly WorldlineSummary[];
  /** Whether the active worldline has gone through it. */
  readonly onPath: boolean;
  /** How many branchings lie between it and its root, for the level in the tree. */
  readonly level: number;
  /** The line of its source that was searched for, where its title does not have it. */
  readonly line: string | null;
}

export interface GraphFilter {
  readonly text: string;
  readonly show: 'all' | 'active' | 'errors' | 'asks' | 'heads';
}

export interface GraphRows {
  readonly rows: readonly GraphRow[];
  readonly width: number;
}

/**
 * The graph's rows as they are drawn, newest first. With a filter, rows stand without lines between them. `hits`: the
 * checkpoints whose source has the filter's text, each with the line that does.
 */
export function graphRows(graph: Graph, filter: GraphFilter, hits: ReadonlyMap<string, string>): GraphRows {
  const heads = headsByCheckpoint(graph);
  const checkpoints = withoutBlankStarts(graph.newestFirst, heads);
  const path = graph.activePath();
  const layout = layOutLanes(checkpoints);
  const levels = levelsOf(checkpoints);
  const rows = checkpoints.map((checkpoint, index): GraphRow => {
    const lane = layout.rows[index];
    return {
      checkpoint,
      lane: lane?.lane ?? 0,
      above: layout.rows[index - 1]?.below ?? [],
      below: lane?.below ?? [],
      heads: heads.get(checkpoint.id) ?? [],
      onPath: path.has(checkpoint.id),
      level: levels.get(checkpoint.id) ?? 1,
      line: null,
    };
  });
  if (filter.text === '' && filter.show === 'all') return { rows, width: layout.width };
  const text = filter.text.trim().toLowerCase();
  const matching = rows.flatMap((row) => {
    const line = hits.get(row.checkpoint.id) ?? null;
    if (!matches(row, text, line !== null, filter.show)) return [];
    const hasIt = row.checkpoint.title.toLowerCase().includes(text);
    return [{ ...row, lane: 0, above: [], below: [], line: hasIt ? null : line }];
  });
  return { rows: matching, width: 1 };
}

function matches(row: GraphRow, text: string, isHit: boolean, show: GraphFilter['show']): boolean {
  const words = [row.checkpoint.title, row.checkpoint.kind, ...row.heads.map((head) => head.name)];
  const found = isHit || words.some((each) => each.toLowerCase().includes(text));
  switch (show) {
    case 'all':
      return found;
    case 'active':
      return found && row.onPath;
    case 'errors':
      return found && row.checkpoint.status !== 'ok';
    case 'asks':
      return found && row.checkpoint.kind === 'ask';
    case 'heads':
      return found && row.heads.length > 0;
  }
}

function headsByCheckpoint(graph: Graph): ReadonlyMap<string, WorldlineSummary[]> {
  const heads = new Map<string, WorldlineSummary[]>();
  for (const worldline of graph.worldlines) {
    const there = heads.get(worldline.head);
    if (there) there.push(worldline);
    else heads.set(worldline.head, [worldline]);
  }
  for (const [checkpoint, there] of heads)
    heads.set(
      checkpoint,
      there.filter((head) => !isDouble(head, there)),
    );
  return heads;
}

/** A kernel that began anew and then went on with an earlier worldline leaves a start at which nothing begins. */
function withoutBlankStarts(
  checkpoints: readonly CheckpointSummary[],
  heads: ReadonlyMap<string, unknown>,
): readonly CheckpointSummary[] {
  const parents = new Set(checkpoints.map(({ parent }) => parent));
  return checkpoints.filter(({ id, kind }) => kind !== 'root' || parents.has(id) || heads.has(id));
}

/** An earlier worldline that was resumed stands there once more under the same name: once is enough to see. */
function isDouble(head: WorldlineSummary, there: readonly WorldlineSummary[]): boolean {
  return head.earlier && there.some((each) => !each.earlier && each.name === head.name);
}

/** A first child stays on its parent's level, later ones stand one level deeper. */
function levelsOf(newestFirst: readonly CheckpointSummary[]): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  const hasChild = new Set<string>();
  for (const checkpoint of newestFirst.toReversed()) {
    const { parent } = checkpoint;
    const level = parent === null ? 1 : (levels.get(parent) ?? 1);
    const deeper = parent !== null && hasChild.has(parent);
    levels.set(checkpoint.id, deeper ? level + 1 : level);
    if (parent !== null) hasChild.add(parent);
  }
  return levels;
}
