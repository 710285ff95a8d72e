import type * as nbformat from '@jupyterlab/nbformat';
import type { INotebookModel, NotebookPanel } from '@jupyterlab/notebook';
import type { ICodeCellModel } from '@jupyterlab/cells';
import type { IDisposable } from '@lumino/disposable';
import { Changeover, completeCells } from './Changeover.js';
import type { Splice } from './splice.js';
import { METADATA, readKept, type KeptCells, type StoredCell } from './storedCells.js';

const views = new WeakMap<INotebookModel, Set<NotebookPanel>>();

/** The cells of an open notebook, and what its metadata keeps of those that it doesn't show. */
export class NotebookCells implements IDisposable {
  readonly #model: INotebookModel | null;
  #disposed = false;

  constructor(private readonly panel: NotebookPanel) {
    this.#model = panel.model;
    completeCells(this.#model);
    if (this.#model) viewsOf(this.#model).add(panel);
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    completeCells(this.#model);
    if (this.#model) viewsOf(this.#model).delete(this.panel);
  }

  /** As they would be saved. */
  get all(): readonly StoredCell[] {
    completeCells(this.panel.model);
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
    completeCells(this.panel.model);
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
    completeCells(this.panel.model);
    return readKept(this.panel.model?.getMetadata(METADATA));
  }

  set kept(kept: KeptCells) {
    this.tell(kept.shown);
    this.panel.model?.setMetadata(METADATA, kept);
  }

  /** Puts the cells in place, and what is kept of others. */
  change({ from, to, cells }: Splice, trusted: boolean, kept = this.kept): void {
    const { model } = this.panel;
    if (!model) return;
    const gone = new Set(model.sharedModel.cells.slice(from, to).map((cell) => cell.id));
    const fresh = trusted ? cells.map(withTrust) : cells;
    const change = new Changeover(this.panel, model, { from, to, cells: fresh }, () => {
      // The kernel is told which cells the user deleted; a hidden cell is none of them.
      const deleted = model.deletedCells.filter((id) => !gone.has(id));
      model.deletedCells.splice(0, model.deletedCells.length, ...deleted);
      this.kept = kept;
    });
    change.begin(this.#mayTakeSteps(model));
  }

  /** What one view shows another one shows as well; and of a list of which Lab draws a window only, little goes at once. */
  #mayTakeSteps(model: INotebookModel): boolean {
    const { windowingMode } = this.panel.content.notebookConfig;
    return !model.collaborative && windowingMode !== 'full' && viewsOf(model).size === 1;
  }
}

function viewsOf(model: INotebookModel): Set<NotebookPanel> {
  const known = views.get(model) ?? new Set();
  views.set(model, known);
  return known;
}

function withTrust(cell: StoredCell): StoredCell {
  return cell.cell_type === 'code' ? { ...cell, metadata: { ...cell.metadata, trusted: true } } : cell;
}

function hasOutputs(cell: nbformat.ICell): boolean {
  return Array.isArray(cell['outputs']) && cell['outputs'].length > 0;
}
