import { existsSync, lstatSync } from 'node:fs';
import { cp, lchown, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { CellKind, CellStatus } from '../../contract.js';
import { describe, errorCode, WorldlineError } from '../errors.js';
import { ifExists } from '../store/files.js';
import type { RanCell } from '../types.js';

const KINDS: readonly string[] = ['sql', 'python', 'ask', 'magic'];
const STATUSES: readonly string[] = ['ok', 'error', 'interrupted'];

/** The code cells of a notebook file as cells that ran, with their outputs. Throws where it is no notebook. */
export async function readNotebook(path: string): Promise<RanCell[]> {
  const notebook = parseNotebook(path, await readText(path));
  if (notebook?.nbformat !== 4 || !Array.isArray(notebook.cells))
    throw new WorldlineError(
      `${path} is not a notebook of format 4. Jupyter makes one of it: jupyter nbconvert --to notebook.`,
    );
  const plain = isOfPython(notebook.metadata) ? 'python' : 'ask';
  return notebook.cells.filter(isCode).map((cell) => toRan(cell, plain));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const why = errorCode(error) === 'ENOENT' ? 'there is no such file' : describe(error);
    throw new WorldlineError(`${path} could not be read: ${why}.`, { cause: error });
  }
}

interface NotebookFile {
  readonly nbformat?: unknown;
  readonly cells?: unknown;
  readonly metadata?: {
    readonly kernelspec?: { readonly language?: unknown };
    readonly language_info?: { readonly name?: unknown };
  };
}

function parseNotebook(path: string, text: string): NotebookFile | null {
  try {
    return JSON.parse(text) as NotebookFile | null;
  } catch (error) {
    throw new WorldlineError(`${path} is no notebook, or only a part of one: ${describe(error)}`, {
      cause: error,
    });
  }
}

/** Whether its plain cells are Python, as in the notebooks of most other kernels. */
function isOfPython(metadata: NotebookFile['metadata']): boolean {
  return (metadata?.kernelspec?.language ?? metadata?.language_info?.name) === 'python';
}

/** The folders that an export with data left beside the notebook. */
export function dataBeside(folder: string): { workspace: string | null; tables: string | null } {
  const [workspace, tables] = [join(folder, 'workspace'), join(folder, 'tables')];
  return { workspace: existsSync(workspace) ? workspace : null, tables: existsSync(tables) ? tables : null };
}

interface CodeCell {
  readonly source: string | readonly string[];
  readonly outputs?: unknown;
  readonly execution_count?: unknown;
  readonly metadata?: { readonly worldline?: Record<string, unknown> } | null;
}

function isCode(cell: unknown): cell is CodeCell {
  return isObject(cell) && cell['cell_type'] === 'code' && isText(cell['source']);
}

function isText(source: unknown): boolean {
  return (
    typeof source === 'string' || (Array.isArray(source) && source.every((part) => typeof part === 'string'))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function toRan(cell: CodeCell, plain: CellKind): RanCell {
  const source = typeof cell.source === 'string' ? cell.source : cell.source.join('');
  const { kind, status, turns } = cell.metadata?.worldline ?? {};
  const { outputs, execution_count: count } = cell;
  const now = Date.now();
  return {
    ...{ source, started: now, ended: now, cellId: null },
    executionCount: typeof count === 'number' ? count : null,
    kind: KINDS.includes(kind as string) ? (kind as CellKind) : kindOf(source, plain),
    status: STATUSES.includes(status as string) ? (status as CellStatus) : 'ok',
    outputs: Array.isArray(outputs) ? outputs.filter(isObject) : [],
    turns: Array.isArray(turns) ? turns : [],
  };
}

function kindOf(source: string, plain: CellKind): CellKind {
  if (source.startsWith('%%sql')) return 'sql';
  if (source.startsWith('%%python')) return 'python';
  if (source.startsWith('%%ask')) return 'ask';
  return source.startsWith('%') ? 'magic' : plain;
}

/**
 * Copies an exported notebook's files into a workspace, in place of links to the notebook's folder that have their names. Links
 * are left out.
 */
export async function copyFiles(from: string, workspace: string): Promise<void> {
  for (const name of await readdir(from)) {
    const target = join(workspace, name);
    if (lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink() === true) await unlink(target);
  }
  await cp(from, workspace, { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() });
  await giveToOwner(workspace, await readdir(from, { recursive: true }));
}

/** What root puts into a workspace belongs to whom the folder belongs to: code in the sandbox is not root. */
async function giveToOwner(workspace: string, paths: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = lstatSync(workspace);
  // Links were left out, and what was reached through one stays whose it is.
  for (const path of paths) await ifExists(lchown(join(workspace, path), uid, gid), undefined);
}
