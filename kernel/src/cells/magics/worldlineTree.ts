import type { CellRecord } from '../../contract.js';
import { bytes, count, plural } from '../../counts.js';
import { firstLine } from '../../display/format.js';
import { escapeHtml } from '../../display/html.js';
import type { Display } from '../../mime.js';
import type { Session } from '../../worldlines/session/Session.js';
import type { TreeLine } from '../../worldlines/types.js';

/** Cells drawn under a worldline; the earlier ones are counted. */
const MAX_CELLS = 12;

/** The tree of worldlines, each branch below the one that it left; the cells of this run's under their worldline. */
export async function showTree(session: Session, all: boolean): Promise<Display> {
  const text: string[] = [];
  for (const line of await session.tree()) {
    text.push(headOf(line));
    if (line.earlier && !all) continue;
    const ran = line.cells + line.steps;
    const cells = await session.ran(line.head, Math.min(ran, MAX_CELLS));
    if (ran > MAX_CELLS) text.push(`${stem(line)}… ${plural(ran - MAX_CELLS, 'earlier cell')}`);
    text.push(...cells.map((cell) => `${stem(line)}${cellLine(cell, line)}`));
  }
  const drawn = text.join('\n');
  return { data: { 'text/plain': drawn, 'text/html': `<pre>${escapeHtml(drawn)}</pre>` } };
}

function headOf(line: TreeLine): string {
  const indent = line.depth === 0 ? '' : `${'│ '.repeat(line.depth - 1)}├─`;
  const used = new Date(line.lastUsed).toLocaleString('sv').slice(0, 16);
  return `${indent}${line.active ? '●' : '○'} ${line.name}${whereIs(line)}: ${cellsOf(line)}, ${bytes(line.bytes)}, ${used}`;
}

function whereIs({ active, earlier, foreign, inUse }: TreeLine): string {
  if (active) return ' (active)';
  if (foreign) return ' (another notebook)';
  if (!earlier) return '';
  return inUse ? ' (another kernel)' : ' (earlier)';
}

function cellsOf({ cells, undone }: TreeLine): string {
  return undone === 0 ? plural(cells, 'cell') : `${plural(cells, 'cell')} (${count(undone)} undone)`;
}

function stem(line: TreeLine): string {
  return `${'│ '.repeat(line.depth)}│ `;
}

function cellLine(cell: CellRecord, line: TreeLine): string {
  const mark = cell.checkpoint === line.head ? '◂' : ' ';
  const number = `[${cell.executionCount ?? ' '}]`.padStart(5);
  const state = cell.status === 'ok' ? '' : ` (${cell.status})`;
  return `${mark} ${cell.checkpoint.slice(0, 8)} ${number} ${cell.kind.padEnd(6)} ${titleOf(cell.source)}${state}`;
}

/** The first words that say something: below `%%sql` and the like. */
function titleOf(source: string): string {
  const [first = '', ...rest] = source.trim().split('\n');
  const below = rest.join('\n').trim();
  return /^%%\w+\s*$/.test(first) && below !== '' ? firstLine(below, 70) : firstLine(source, 70);
}
