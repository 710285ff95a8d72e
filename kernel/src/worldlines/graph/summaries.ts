import type { CheckpointSummary, WorldlineSummary } from '../../contract.js';
import { type Graph, isBlank, type Line, type Node } from './Graph.js';

const TITLE = 120;

/** The first line that says something; after a cell magic the next one too, and its options left out. At most 120 characters. */
export function titleOf(source: string): string {
  const [first = '', second = ''] = source
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const magic = /^(%%\w+)(?:\s+--.*)?$/.exec(first)?.[1] ?? first;
  return (first.startsWith('%%') ? `${magic} ${second}`.trim() : first).slice(0, TITLE);
}

export function summarizeCheckpoint({ record, saved }: Node): CheckpointSummary {
  const { id, worldline, kind, title, status, started, ended, executionCount, cellId } = record;
  return {
    ...{ id, worldline, kind, title, status, started, ended, executionCount, cellId },
    parent: record.lineage[0] ?? null,
    bytes: saved?.bytes ?? null,
  };
}

export function summarizeLine(
  line: Line,
  lines: ReadonlyMap<string, Line>,
  own: string,
  active: string,
): WorldlineSummary {
  const { id, name, head, fork, deleted, created } = line;
  return {
    ...{ id, name, head, fork, continues: continued(line, lines), deleted, created },
    ...{ active: id === active, earlier: line.journal !== own },
  };
}

function continued({ continues }: Line, lines: ReadonlyMap<string, Line>): string[] {
  const earlier: string[] = [];
  for (let at = continues; at !== null; at = lines.get(at)?.continues ?? null) earlier.push(at);
  return earlier;
}

/** Worldlines worth showing: not those of earlier runs that were empty, or that are wholly part of one that goes on. */
export function listed(graph: Graph, own: string): Line[] {
  const lines = [...graph.lines.values()];
  const continued = new Map(
    lines
      .filter((line) => !line.deleted && line.continues !== null)
      .map((line) => [line.continues, line.fork]),
  );
  return lines.filter(
    (line) => line.journal === own || (!isBlank(line) && continued.get(line.id) !== line.head),
  );
}
