import type { ICellModel, ICodeCellModel } from '@jupyterlab/cells';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IDisposable } from '@lumino/disposable';
import type { NotebookSession } from '../session/NotebookSession.js';
import type { Settings } from '../settings.js';
import { CELL_MIMES, mimeOfCell, type CellLanguage } from './cellLanguage.js';

interface CellsChange {
  readonly newValues: readonly ICellModel[];
}

/** Gives each code cell's editor the language of what the cell is. */
export class CellHighlighter implements IDisposable {
  readonly #watched = new Map<ICellModel['sharedModel'], ICodeCellModel>();
  /** Cells to look at in the next frame. */
  readonly #changed = new Set<unknown>();
  #frame = 0;
  #plain: CellLanguage;
  #disposed = false;

  constructor(
    private readonly session: NotebookSession,
    private readonly settings: Settings,
    languages: IEditorLanguageRegistry,
  ) {
    this.#plain = this.#plainLanguage();
    session.panel.model?.cells.changed.connect(this.#onCells, this);
    session.changed.connect(this.#onSession, this);
    settings.changed.connect(this.#look, this);
    this.#look();
    void this.#lookAgainOnceLoaded(languages);
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    cancelAnimationFrame(this.#frame);
    this.session.panel.model?.cells.changed.disconnect(this.#onCells, this);
    this.session.changed.disconnect(this.#onSession, this);
    this.settings.changed.disconnect(this.#look, this);
    // Lab's log of a notebook holds its cells for as long as the page lives; they must not hold the notebook.
    for (const [shared, cell] of this.#watched) {
      shared.disposed.disconnect(this.#forget, this);
      cell.contentChanged.disconnect(this.#later, this);
      cell.mimeTypeChanged.disconnect(this.#later, this);
    }
    this.#watched.clear();
  }

  /** Cells that come have no editor yet: it is made with their language, and not first with Lab's. */
  #onCells(_: unknown, { newValues }: CellsChange): void {
    for (const cell of newValues) this.#lookAt(cell);
  }

  /** Many changes of a cell in one frame are looked at once. */
  #later(cell: unknown): void {
    this.#changed.add(cell);
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      for (const each of this.#watched.values()) if (this.#changed.has(each)) this.#lookAt(each);
      this.#changed.clear();
    });
  }

  #onSession(): void {
    if (this.#plainLanguage() !== this.#plain) this.#look();
  }

  /** What the kernel takes a plain cell for; before it has said so, what the user set. */
  #plainLanguage(): CellLanguage {
    return this.session.graph.state?.plainCell ?? (this.settings.values.plainCell || 'ask');
  }

  /** An editor whose language is right already is left alone. Lab sets all to the kernel's language at times. */
  #look(): void {
    const { panel } = this.session;
    if (this.#disposed || panel.isDisposed) return;
    this.#plain = this.#plainLanguage();
    for (const cell of panel.model?.cells ?? []) this.#lookAt(cell);
  }

  #lookAt(cell: ICellModel): void {
    if (cell.type !== 'code') return;
    const code = cell as ICodeCellModel;
    this.#watch(code);
    const mime = this.settings.values.highlightCells
      ? mimeOfCell(code.sharedModel.getSource(), this.#plain)
      : this.session.panel.content.codeMimetype;
    if (code.mimeType !== mime) code.mimeType = mime;
  }

  /**
   * An editor that is told two languages while neither is loaded ends up with the one that loads last, so once all are
   * loaded each editor is told its own again.
   */
  async #lookAgainOnceLoaded(languages: IEditorLanguageRegistry): Promise<void> {
    const { content } = this.session.panel;
    await Promise.all([...CELL_MIMES, content.codeMimetype].map((mime) => languages.getLanguage(mime)));
    if (this.#disposed || this.session.panel.isDisposed) return;
    for (const cell of this.session.panel.model?.cells ?? []) {
      if (cell.type === 'code') (cell as ICodeCellModel).mimeType = 'text/plain';
    }
    this.#look();
  }

  #watch(cell: ICodeCellModel): void {
    if (this.#watched.has(cell.sharedModel)) return;
    this.#watched.set(cell.sharedModel, cell);
    cell.contentChanged.connect(this.#later, this);
    cell.mimeTypeChanged.connect(this.#later, this);
    cell.sharedModel.disposed.connect(this.#forget, this);
  }

  #forget(shared: ICellModel['sharedModel']): void {
    this.#watched.delete(shared);
  }
}
