import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { NotebookPanel } from '@jupyterlab/notebook';
import { Panel, type Widget } from '@lumino/widgets';
import { TABLE_MIME, type TablePage } from '../../../kernel/src/contract.js';
import { fetchFrom } from '../grid/fetchFrom.js';
import { TableGrid } from '../grid/TableGrid.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import type { Sessions } from '../session/Sessions.js';
import type { Services } from '../shared/Services.js';

/** Draws a structured table as a grid on the kernel's result. Stands before HTML in the order of choice. */
export function tableRendererFactory(
  services: Services,
  visibleRows: () => number,
): IRenderMime.IRendererFactory {
  return {
    safe: true,
    mimeTypes: [TABLE_MIME],
    defaultRank: 40,
    createRenderer: () => new TableRenderer(services, visibleRows),
  };
}

class TableRenderer extends Panel implements IRenderMime.IRenderer {
  #grid: TableGrid | null = null;
  #page: TablePage | null = null;
  #asks = false;

  constructor(
    private readonly services: Services,
    private readonly visibleRows: () => number,
  ) {
    super();
    this.addClass('wl-TableRenderer');
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.#page = model.data[TABLE_MIME] as unknown as TablePage;
    this.#grid?.dispose();
    this.#grid = null;
    if (this.isAttached) this.#build();
    return Promise.resolve();
  }

  /** Only while it is attached does it listen: an output in a closed notebook is not always disposed. */
  protected override onAfterAttach(): void {
    this.services.themeChanged.connect(this.#onTheme, this);
    this.services.sessions.opened.connect(this.#onSession, this);
    this.#build();
  }

  protected override onBeforeDetach(): void {
    this.services.themeChanged.disconnect(this.#onTheme, this);
    this.services.sessions.opened.disconnect(this.#onSession, this);
  }

  /** A notebook's outputs are drawn before its kernel is known; then there is one to ask. */
  #onSession(_: Sessions, session: NotebookSession): void {
    if (!this.#grid || this.#asks || panelAround(this) !== session.panel) return;
    this.#grid.dispose();
    this.#grid = null;
    this.#build();
  }

  /** Which notebook it stands in is known only once it is attached. */
  #build(): void {
    const first = this.#page;
    if (!first || this.#grid) return;
    const { sessions, trans } = this.services;
    const panel = panelAround(this);
    const session = panel ? sessions.of(panel) : sessions.current;
    this.#asks = session !== null;
    const fetch = session ? fetchFrom(session, first.result) : null;
    this.#grid = new TableGrid({ first, fetch, visibleRows: this.visibleRows(), trans });
    this.addWidget(this.#grid);
  }

  #onTheme(): void {
    this.#grid?.applyTheme();
  }
}

function panelAround(widget: Widget): NotebookPanel | null {
  for (let at = widget.parent; at; at = at.parent) if (at instanceof NotebookPanel) return at;
  return null;
}
