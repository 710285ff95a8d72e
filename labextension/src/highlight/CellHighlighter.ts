import type { ICodeCellModel } from '@jupyterlab/cells';
import type { IDisposable } from '@lumino/disposable';
import type { NotebookSession } from '../session/NotebookSession.js';
import { mimeOfCell, type CellLanguage } from './cellLanguage.js';

/** Gives each code cell's editor the language of what the cell is. */
export class CellHighlighter implements IDisposable {
  #disposed = false;

  constructor(
    private readonly session: NotebookSession,
    private readonly plain: () => CellLanguage,
  ) {
    session.panel.content.modelContentChanged.connect(this.#look, this);
    session.panel.sessionContext.kernelChanged.connect(this.#look, this);
    session.loaded.connect(this.#look, this);
    this.apply();
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  /** Looks at every cell; an editor whose language is right already is left alone. */
  apply(): void {
    if (this.#disposed || this.session.panel.isDisposed) return;
    const plain = this.plain();
    for (const cell of this.session.panel.model?.cells ?? []) {
      if (cell.type !== 'code') continue;
      const mime = mimeOfCell(cell.sharedModel.getSource(), plain);
      if (cell.mimeType !== mime) (cell as ICodeCellModel).mimeType = mime;
    }
  }

  #look(): void {
    this.apply();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.session.panel.content.modelContentChanged.disconnect(this.#look, this);
    this.session.panel.sessionContext.kernelChanged.disconnect(this.#look, this);
    this.session.loaded.disconnect(this.#look, this);
  }
}
