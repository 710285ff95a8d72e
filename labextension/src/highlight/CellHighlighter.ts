import type { ICellModel, ICodeCellModel } from '@jupyterlab/cells';
import type { IDisposable } from '@lumino/disposable';
import type { NotebookSession } from '../session/NotebookSession.js';
import type { Settings } from '../settings.js';
import { mimeOfCell } from './cellLanguage.js';

/** Gives each code cell's editor the language of what the cell is. */
export class CellHighlighter implements IDisposable {
  readonly #watched = new Set<ICellModel>();
  #disposed = false;

  constructor(
    private readonly session: NotebookSession,
    private readonly settings: Settings,
  ) {
    session.panel.content.modelContentChanged.connect(this.#look, this);
    settings.changed.connect(this.#look, this);
    this.#look();
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.session.panel.content.modelContentChanged.disconnect(this.#look, this);
    this.settings.changed.disconnect(this.#look, this);
    for (const cell of this.#watched) (cell as ICodeCellModel).mimeTypeChanged.disconnect(this.#look, this);
    this.#watched.clear();
  }

  /** An editor whose language is right already is left alone. Lab sets all to the kernel's language at times. */
  #look(): void {
    const { panel } = this.session;
    const { highlightCells, plainCell } = this.settings.values;
    if (this.#disposed || panel.isDisposed || !highlightCells) return;
    for (const cell of panel.model?.cells ?? []) {
      if (cell.type !== 'code') continue;
      this.#watch(cell);
      const mime = mimeOfCell(cell.sharedModel.getSource(), plainCell);
      if (cell.mimeType !== mime) (cell as ICodeCellModel).mimeType = mime;
    }
  }

  #watch(cell: ICellModel): void {
    if (this.#watched.has(cell)) return;
    this.#watched.add(cell);
    (cell as ICodeCellModel).mimeTypeChanged.connect(this.#look, this);
    cell.sharedModel.disposed.connect(() => {
      this.#watched.delete(cell);
    });
  }
}
