import type { Cell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import type { NotebookSession } from '../session/NotebookSession.js';
import { badgesFor, type Badge } from './badgeText.js';
import { METADATA } from './storedCells.js';

const CLASS = 'wl-Badge';

/** Shows the badges at the notebook's cells. Many changes in one frame are drawn once. */
export class CellBadges implements IDisposable {
  #frame = 0;
  #disposed = false;

  constructor(
    private readonly session: NotebookSession,
    private readonly trans: TranslationBundle,
  ) {
    session.changed.connect(this.#later, this);
    session.panel.content.modelContentChanged.connect(this.#later, this);
    this.#later();
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    cancelAnimationFrame(this.#frame);
    this.session.changed.disconnect(this.#later, this);
    this.session.panel.content.modelContentChanged.disconnect(this.#later, this);
    for (const cell of this.session.panel.content.widgets) draw(cell, null);
  }

  #later(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(): void {
    if (this.#disposed || this.session.panel.isDisposed) return;
    const { widgets } = this.session.panel.content;
    const cells = widgets.map((cell) => ({
      metadata: { [METADATA]: cell.model.getMetadata(METADATA) as unknown },
    }));
    const badges = badgesFor(cells, this.session.graph, this.trans);
    widgets.forEach((cell, index) => {
      draw(cell, badges[index] ?? null);
    });
  }
}

function draw(cell: Cell, badge: Badge | null): void {
  const there = cell.node.querySelector<HTMLElement>(`:scope > .${CLASS}`);
  if (!badge) {
    there?.remove();
    return;
  }
  const node = there ?? document.createElement('div');
  if (node.textContent !== badge.text) node.textContent = badge.text;
  node.className = `${CLASS} wl-mod-${badge.kind}`;
  if (!there) cell.node.prepend(node);
}
