/** A node of the graph as the layout needs it. */
export interface LaneNode {
  readonly id: string;
  readonly parent: string | null;
}

/** A line from a lane at a row's middle to a lane at the next row's middle. */
export interface LaneEdge {
  readonly from: number;
  readonly to: number;
}

/** Where one row's dot is, and the lines that leave the row downwards. */
export interface LaneRow {
  readonly id: string;
  readonly lane: number;
  readonly below: readonly LaneEdge[];
}

export interface LaneLayout {
  readonly rows: readonly LaneRow[];
  /** How many lanes are in use at the widest place. */
  readonly width: number;
}

/**
 * Gives every node, newest first, a lane: a child stands above its parent in the same lane where the lane is free,
 * and a lane is used again once its line has ended. Works in one pass; a parent that is not listed ends its line.
 */
export function layOutLanes(newestFirst: readonly LaneNode[]): LaneLayout {
  const listed = new Set(newestFirst.map((node) => node.id));
  let open: (string | null)[] = [];
  let width = 0;
  const rows: LaneRow[] = [];
  for (const node of newestFirst) {
    let lane = open.indexOf(node.id);
    if (lane < 0) lane = firstFree(open);
    const next = open.map((waiting) => (waiting === node.id ? null : waiting));
    next[lane] = node.parent !== null && listed.has(node.parent) ? node.parent : null;
    rows.push({ id: node.id, lane, below: [] });
    width = Math.max(width, lane + 1, next.length);
    open = trimmed(next);
    joinToNext(rows, open, newestFirst);
  }
  return { rows, width: Math.max(width, 1) };
}

/** The open lanes after a row run down to the next one; those that wait for its node bend into its lane. */
function joinToNext(rows: LaneRow[], open: readonly (string | null)[], nodes: readonly LaneNode[]): void {
  const next = nodes[rows.length];
  const last = rows[rows.length - 1];
  if (!next || !last) return;
  const nextLane = open.indexOf(next.id);
  const below: LaneEdge[] = [];
  open.forEach((waiting, lane) => {
    if (waiting !== null) below.push({ from: lane, to: waiting === next.id ? nextLane : lane });
  });
  rows[rows.length - 1] = { ...last, below };
}

function firstFree(open: readonly (string | null)[]): number {
  const free = open.indexOf(null);
  return free < 0 ? open.length : free;
}

function trimmed(lanes: (string | null)[]): (string | null)[] {
  let length = lanes.length;
  while (length > 0 && lanes[length - 1] == null) length--;
  return Array.from({ length }, (_, index) => lanes[index] ?? null);
}
