import * as React from 'react';
import type { LaneEdge } from './lanes.js';
import type { GraphRow } from './rows.js';

const LANE = 14;
const COLOURS = 8;
/** Beyond this many lanes the graph is drawn narrower than it is, so that the words keep their place. */
const MOST = 12;

export function laneWidth(lanes: number): number {
  return Math.min(lanes, MOST) * LANE + 6;
}

const x = (lane: number) => Math.min(lane, MOST - 1) * LANE + LANE / 2 + 3;
const colour = (lane: number) => `wl-lane-${lane % COLOURS}`;

/** The part of the graph that lies in one row. */
export function LaneCell({ row, width, height }: { row: GraphRow; width: number; height: number }) {
  const middle = height / 2;
  const { checkpoint, lane } = row;
  return (
    <svg className="wl-Lanes" width={laneWidth(width)} height={height} aria-hidden="true">
      {row.above.map((edge) => (
        <path key={`a${edge.from}`} className={`wl-Edge ${colour(edge.from)}`} d={upper(edge, middle)} />
      ))}
      {row.below.map((edge) => (
        <path
          key={`b${edge.from}`}
          className={`wl-Edge ${colour(edge.from)}`}
          d={lower(edge, middle, height)}
        />
      ))}
      <circle
        className={`wl-Dot ${colour(lane)} wl-mod-${checkpoint.status} ${checkpoint.kind === 'root' ? 'wl-mod-root' : ''}`}
        cx={x(lane)}
        cy={middle}
        r={row.heads.length > 0 ? 5 : 4}
      />
    </svg>
  );
}

/** A line bends in the lower half of the row that it leaves, so the upper half is straight. */
function upper(edge: LaneEdge, middle: number): string {
  return `M${x(edge.to)} 0V${middle}`;
}

function lower(edge: LaneEdge, middle: number, height: number): string {
  const [from, to] = [x(edge.from), x(edge.to)];
  if (from === to) return `M${from} ${middle}V${height}`;
  return `M${from} ${middle}C${from} ${height} ${to} ${middle} ${to} ${height}`;
}
