import type * as nbformat from '@jupyterlab/nbformat';
import { NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import type { ICodeCellModel } from '@jupyterlab/cells';
import type { Splice } from './splice.js';
import { METADATA, readKept, type KeptCells, type StoredCell } from './storedCells.js';

/** The cells of an open notebook, and what its metadata keeps of those that it doesn't show. */
export class NotebookCells {
  constructor(private readonly panel: NotebookPanel) {}

  /** As they would be saved. */
  get all(): readonly StoredCell[] {
    const cells = this.panel.model?.sharedModel.cells ?? [];
    return cells.map((cell) => cell.toJSON() as unknown as StoredCell);
  }

  get running(): boolean {
    for (const cell of this.panel.model?.cells ?? []) {
      if (cell.type === 'code' && (cell as ICodeCellModel).executionState === 'running') return true;
    }
    return false;
  }

  get trusted(): boolean {
    for (const cell of this.panel.model?.cells ?? []) {
      if (cell.type === 'code' && !cell.trusted && hasOutputs(cell.toJSON())) return false;
    }
    return true;
  }

  /** Says on the page which worldline's cells it shows, for style sheets and scripts. */
  tell(shown: string | null): void {
    this.panel.content.node.dataset['wlShown'] = shown ?? '';
  }

  /** What the notebook's metadata keeps of the worldlines that are not shown. */
  get kept(): KeptCells {
    return readKept(this.panel.model?.getMetadata(METADATA));
  }

  set kept(kept: KeptCells) {
    this.tell(kept.shown);
    this.panel.model?.setMetadata(METADATA, kept);
  }

  /** Puts the cells in place without running anything, and without a step to undo. */
  splice({ from, to, cells }: Splice, trusted: boolean): void {
    const { model } = this.panel;
    if (!model) return;
    const { content } = this.panel;
    const gone = new Set(model.sharedModel.cells.slice(from, to).map((cell) => cell.id));
    const focused = content.node.contains(document.activeElement);
    const { sharedModel } = model;
    const insert = (at: number, some: readonly StoredCell[]) => {
      const fresh = some.map((cell) => (trusted ? withTrust(cell) : cell));
      sharedModel.insertCells(at, fresh as unknown as Parameters<typeof sharedModel.insertCells>[1]);
    };
    // Each time the active cell moves, Lab looks at all its commands and toolbars anew. So the active one comes to stand
    // before all cells that come and go; where all go, the first that comes is brought in on its own.
    const first = from === 0 ? cells.slice(0, 1) : [];
    const at = from + first.length;
    content.mode = 'command';
    if (first.length > 0)
      sharedModel.transact(() => {
        insert(from, first);
      }, false);
    content.activeCellIndex = at - 1;
    // Yjs merges what is left of deleted cells into what stands before it, and moves all that stands behind for each. So they
    // go on their own, while they stand last.
    if (to > from)
      sharedModel.transact(() => {
        sharedModel.deleteCellRange(at, to + first.length);
      }, false);
    if (cells.length > first.length)
      sharedModel.transact(() => {
        insert(at, cells.slice(first.length));
      }, false);
    // The kernel is told which cells the user deleted; a hidden cell is none of them.
    const kept = model.deletedCells.filter((id) => !gone.has(id));
    model.deletedCells.splice(0, model.deletedCells.length, ...kept);
    content.activeCellIndex = Math.min(from, content.widgets.length - 1);
    if (focused || document.activeElement === document.body) void NotebookActions.focusActiveCell(content);
  }
}

function withTrust(cell: StoredCell): StoredCell {
  return cell.cell_type === 'code' ? { ...cell, metadata: { ...cell.metadata, trusted: true } } : cell;
}

function hasOutputs(cell: nbformat.ICell): boolean {
  return Array.isArray(cell['outputs']) && cell['outputs'].length > 0;
}
