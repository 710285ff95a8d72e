import type { CheckpointSummary, WorldlineSummary } from '../contract.js';
import { bytes, plural } from '../display/format.js';
import { escapeHtml } from '../display/html.js';
import type { Display } from '../mime.js';
import type { Session } from '../worldlines/session/Session.js';

/** Checkpoints that the tree looks at; older ones are counted, not drawn. */
const MAX_DRAWN = 500;

/** The tree of worldlines as text: each branch below the one that it left, newest first. */
export async function showTree(session: Session): Promise<Display> {
  const { worldlines, checkpoints, total } = await session.graph(0, MAX_DRAWN);
  const live = worldlines.filter((line) => !line.deleted);
  const lines = [
    ...ordered(live.filter((line) => !line.earlier)).map((line) => draw(line, live, checkpoints)),
    ...live.filter((line) => line.earlier).map((line) => `  ${line.name} (earlier: %resume ${line.name})`),
  ];
  if (total > checkpoints.length)
    lines.push(`(${plural(total - checkpoints.length, 'older checkpoint')} not looked at)`);
  const text = lines.join('\n');
  return { data: { 'text/plain': text, 'text/html': `<pre>${escapeHtml(text)}</pre>` } };
}

function ordered(lines: readonly WorldlineSummary[]): WorldlineSummary[] {
  return [...lines].sort((a, b) => a.created - b.created);
}

function draw(
  line: WorldlineSummary,
  all: readonly WorldlineSummary[],
  checkpoints: readonly CheckpointSummary[],
): string {
  const own = checkpoints.filter(
    (checkpoint) => checkpoint.worldline === line.id && checkpoint.kind !== 'root',
  );
  const cells = own.filter((checkpoint) => checkpoint.kind !== 'step');
  const size = own.reduce((sum, checkpoint) => sum + (checkpoint.bytes ?? 0), 0);
  const depth = depthOf(line, all, checkpoints);
  const mark = line.active ? '●' : '○';
  const indent = depth === 0 ? '' : `${'│ '.repeat(depth - 1)}├─`;
  const head = `${indent}${mark} ${line.name}${line.active ? ' (active)' : ''}: ${plural(cells.length, 'cell')}, ${bytes(size)}`;
  const rows = cells.map((checkpoint) => {
    const at = checkpoint.id === line.head ? '◂' : ' ';
    const time = new Date(checkpoint.started).toTimeString().slice(0, 5);
    const state = checkpoint.status === 'ok' ? '' : ` (${checkpoint.status})`;
    return `${'│ '.repeat(depth)}│ ${at} ${checkpoint.id.slice(0, 8)}  ${time}  ${checkpoint.kind.padEnd(6)} ${checkpoint.title}${state}`;
  });
  return [head, ...rows].join('\n');
}

/** How many forks lie between a worldline and a fresh one. */
function depthOf(
  line: WorldlineSummary,
  all: readonly WorldlineSummary[],
  checkpoints: readonly CheckpointSummary[],
): number {
  let depth = 0;
  let at: WorldlineSummary | undefined = line;
  while (at?.fork != null && depth < 20) {
    const fork: string = at.fork;
    const from = checkpoints.find((checkpoint) => checkpoint.id === fork)?.worldline;
    at = all.find((candidate) => candidate.id === from);
    depth += 1;
  }
  return depth;
}
