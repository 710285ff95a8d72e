import { existsSync, lstatSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CellKind, CellStatus } from '../../contract.js';
import { describe, WorldlineError } from '../errors.js';
import type { RanCell } from '../types.js';

const KINDS: readonly string[] = ['sql', 'python', 'ask', 'magic'];
const STATUSES: readonly string[] = ['ok', 'error', 'interrupted'];

/** The code cells of a notebook file as cells that ran, with their outputs. Throws where it is no notebook. */
export async function readNotebook(path: string): Promise<RanCell[]> {
  let cells: unknown;
  try {
    cells = (JSON.parse(await readFile(path, 'utf8')) as { cells?: unknown }).cells;
  } catch (error) {
    throw new WorldlineError(`${path} could not be read as a notebook: ${describe(error)}`, { cause: error });
  }
  if (!Array.isArray(cells)) throw new WorldlineError(`${path} is not a notebook of format 4.`);
  return cells.filter(isCode).map(toRan);
}

/** The folders that an export with data left beside the notebook. */
export function dataBeside(folder: string): { workspace: string | null; tables: string | null } {
  const [workspace, tables] = [join(folder, 'workspace'), join(folder, 'tables')];
  return { workspace: existsSync(workspace) ? workspace : null, tables: existsSync(tables) ? tables : null };
}

interface CodeCell {
  readonly source: string | readonly string[];
  readonly outputs?: readonly Record<string, unknown>[];
  readonly execution_count?: number | null;
  readonly metadata?: { readonly worldline?: Record<string, unknown> };
}

function isCode(cell: unknown): cell is CodeCell {
  return (
    typeof cell === 'object' &&
    cell !== null &&
    'source' in cell &&
    'cell_type' in cell &&
    cell.cell_type === 'code'
  );
}

function toRan(cell: CodeCell): RanCell {
  const source = typeof cell.source === 'string' ? cell.source : cell.source.join('');
  const { kind, status, turns } = cell.metadata?.worldline ?? {};
  const now = Date.now();
  return {
    ...{ source, started: now, ended: now, cellId: null, executionCount: cell.execution_count ?? null },
    kind: KINDS.includes(kind as string) ? (kind as CellKind) : kindOf(source),
    status: STATUSES.includes(status as string) ? (status as CellStatus) : 'ok',
    outputs: cell.outputs ?? [],
    turns: Array.isArray(turns) ? turns : [],
  };
}

function kindOf(source: string): CellKind {
  if (source.startsWith('%%sql')) return 'sql';
  if (source.startsWith('%%python')) return 'python';
  return source.startsWith('%') && !source.startsWith('%%ask') ? 'magic' : 'ask';
}

/** Copies an exported notebook's files into a workspace. Links are left out. */
export async function copyFiles(from: string, workspace: string): Promise<void> {
  await cp(from, workspace, { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() });
}
