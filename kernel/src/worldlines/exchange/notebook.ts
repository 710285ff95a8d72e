import { isDeepStrictEqual } from 'node:util';
import type { CellRecord } from '../../contract.js';

/** A cell of an exported notebook. */
export interface NotebookCell {
  readonly cell_type: 'code' | 'markdown';
  readonly id: string;
  readonly metadata: Record<string, unknown>;
  readonly source: string;
  readonly execution_count?: number | null;
  readonly outputs?: readonly Record<string, unknown>[];
}
export interface Notebook {
  readonly nbformat: 4;
  readonly nbformat_minor: 5;
  readonly metadata: Record<string, unknown>;
  readonly cells: readonly NotebookCell[];
}
/** A cell with what an export needs beyond it. */
export interface ExportCell extends CellRecord {
  readonly asCells: readonly string[] | undefined;
  readonly turns: readonly unknown[];
}

const METADATA = {
  kernelspec: { name: 'worldline', display_name: 'Worldline', language: 'sql' },
  worldline: { exported: 1 },
};

/** Whether a notebook is an export that no front end has saved since: each adds metadata of its own. */
export function isUntouchedExport(file: Buffer): boolean {
  try {
    return isDeepStrictEqual(
      (JSON.parse(file.toString('utf8')) as { metadata?: unknown } | null)?.metadata,
      METADATA,
    );
  } catch {
    return false; // no JSON, so no notebook
  }
}

/** Writes cells as a notebook that opens in any front end. */
export function notebookOf(
  cells: readonly ExportCell[],
  options: { readonly asCode: boolean; readonly withTurns: boolean },
): Notebook {
  return {
    ...{ nbformat: 4, nbformat_minor: 5 },
    metadata: METADATA,
    cells: cells.flatMap((cell) =>
      options.asCode && cell.kind === 'ask' && cell.asCells !== undefined
        ? codeOf(cell, cell.asCells)
        : [cellOf(cell, options.withTurns)],
    ),
  };
}

export function markdownCell(id: string, source: string): NotebookCell {
  return { cell_type: 'markdown', id, metadata: {}, source };
}

function cellOf(cell: ExportCell, withTurns: boolean): NotebookCell {
  const worldline = {
    ...{ kind: cell.kind, status: cell.status, checkpoint: cell.checkpoint },
    ...(withTurns ? { turns: cell.turns } : {}),
  };
  return {
    ...{ cell_type: 'code', id: cell.checkpoint, metadata: { worldline }, source: cell.source },
    ...{ execution_count: cell.executionCount, outputs: cell.outputs },
  };
}

/** An agent run as cells that need no model: the question as text, then what was run to answer it. */
function codeOf(cell: ExportCell, sources: readonly string[]): NotebookCell[] {
  const question = cell.source.replace(/^%%ask[^\n]*\n/, '');
  return [
    markdownCell(`${cell.checkpoint}-q`, question.replace(/^/gm, '> ')),
    ...sources.map((source, index): NotebookCell => ({
      ...{ cell_type: 'code', id: `${cell.checkpoint}-${index}`, metadata: {}, source },
      ...{ execution_count: null, outputs: [] },
    })),
  ];
}
