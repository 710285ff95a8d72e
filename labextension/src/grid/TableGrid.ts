import type { TranslationBundle } from '@jupyterlab/translation';
import { BasicKeyHandler, BasicSelectionModel, DataGrid } from '@lumino/datagrid';
import { MessageLoop, type Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';
import type { TablePage } from '../../../kernel/src/contract.js';
import { applyLook } from './gridLook.js';
import { GridBar } from './GridBar.js';
import { PagesModel } from './PagesModel.js';
import { SortingMouse } from './SortingMouse.js';
import type { FetchPage } from './TablePages.js';

const ROW = 24;
/** Height or width of a scroll bar in pixels, and of the grid's own border. */
const BAR = 18;
const EDGES = 2;
const WIDEST = 320;
/** Width of a character in pixels, about. */
const CHARACTER = 8;

export interface TableGridOptions {
  readonly first: TablePage;
  /** Null where no kernel is there to ask. */
  readonly fetch: FetchPage | null;
  /** Rows visible at once; null fills what room there is. */
  readonly visibleRows: number | null;
  readonly trans: TranslationBundle;
}

/** A table to scroll, sort, filter and copy from, with the work done in the kernel. */
export class TableGrid extends Panel {
  readonly #model: PagesModel;
  readonly #grid: DataGrid;
  readonly #bar: GridBar;
  readonly #options: TableGridOptions;
  /** Pixels that each column was found to need. */
  readonly #widths: number[] = [];
  #watch: ResizeObserver | null = null;

  constructor(options: TableGridOptions) {
    super();
    this.#options = options;
    this.addClass('wl-TableGrid');
    this.#model = new PagesModel(options.first, options.fetch, () => {
      this.#refresh();
    });
    this.#grid = new DataGrid({
      defaultSizes: { rowHeight: ROW, columnWidth: 120, rowHeaderWidth: 56, columnHeaderHeight: ROW + 2 },
      headerVisibility: 'all',
    });
    this.#grid.dataModel = this.#model;
    this.#grid.keyHandler = new BasicKeyHandler();
    this.#grid.mouseHandler = new SortingMouse((column) => {
      this.#sortBy(column);
    });
    this.#grid.selectionModel = new BasicSelectionModel({ dataModel: this.#model });
    this.#grid.addClass('wl-TableGrid-grid');
    this.#bar = new GridBar(this.#model.pages, options.trans, (filter) => {
      this.#model.pages.look({ ...this.#model.pages.view, filter });
    });
    this.addWidget(this.#bar);
    this.addWidget(this.#grid);
    this.#fit();
    // Until the grid has the focus, the wheel scrolls the page and not the table under the pointer.
    this.#grid.node.addEventListener(
      'wheel',
      (event) => {
        if (!this.node.contains(document.activeElement)) event.stopPropagation();
      },
      { capture: true },
    );
  }

  /** Takes on Lab's colours as they are now. */
  applyTheme(): void {
    if (this.isAttached) applyLook(this.#grid, this.#model, this.node);
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.applyTheme();
  }

  override dispose(): void {
    this.#watch?.disconnect();
    // Cells of a notebook that closes are disposed without being detached, and the window would hold the grid for good.
    window.removeEventListener('resize', this.#grid);
    super.dispose();
  }

  #sortBy(column: number): void {
    const name = this.#model.pages.columns[column]?.name;
    if (name === undefined) return;
    const { view } = this.#model.pages;
    const again = view.order === name;
    const descending = again && !view.descending;
    const order = again && view.descending ? null : name;
    this.#model.pages.look({ ...view, order, descending });
  }

  #refresh(): void {
    this.#bar.update();
    this.#fitColumns();
  }

  /** As wide as their text; rows that come later make them wider, never narrower. */
  #fitColumns(): void {
    const { pages } = this.#model;
    const rows = pages.sample(50);
    pages.columns.forEach(({ name }, index) => {
      const longest = Math.max(name.length + 2, ...rows.map((row) => row[index]?.length ?? 4));
      const width = Math.min(WIDEST, Math.max(60, Math.ceil(longest * CHARACTER) + 24));
      if (width <= (this.#widths[index] ?? 0)) return;
      this.#widths[index] = width;
      this.#grid.resizeColumn('body', index, width);
    });
  }

  #fit(): void {
    const { visibleRows } = this.#options;
    this.#fitColumns();
    if (visibleRows === null) {
      this.addClass('wl-mod-fill');
      return;
    }
    this.#watch = new ResizeObserver(() => {
      this.#fitHeight(visibleRows);
    });
    this.#watch.observe(this.node);
  }

  /** As high as its rows; a scroll bar below them gets its room only where the columns need it. */
  #fitHeight(visibleRows: number): void {
    const grid = this.#grid;
    const rows = Math.max(1, Math.min(visibleRows, this.#model.pages.total));
    const isWide =
      grid.headerWidth + grid.bodyWidth > this.node.clientWidth - (rows < this.#model.pages.total ? BAR : 0);
    const height = `${grid.headerHeight + rows * ROW + EDGES + (isWide ? BAR : 0)}px`;
    if (grid.node.style.height === height) return;
    grid.node.style.height = height;
    MessageLoop.sendMessage(grid, Widget.ResizeMessage.UnknownSize);
  }
}
