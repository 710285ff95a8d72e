import type { TranslationBundle } from '@jupyterlab/translation';
import { BasicKeyHandler, BasicSelectionModel, DataGrid } from '@lumino/datagrid';
import { MessageLoop, type Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';
import type { TablePage } from '../../../kernel/src/contract.js';
import { columnWidth } from './columnWidth.js';
import { firstRows } from './firstRows.js';
import { applyLook } from './gridLook.js';
import { GridBar } from './GridBar.js';
import { PagesModel } from './PagesModel.js';
import { SortingMouse } from './SortingMouse.js';
import type { FetchPage } from './TablePages.js';
import { whenNear } from './whenNear.js';

const ROW = 24;
/** Height of the columns' names and width of the rows' numbers, in pixels. */
const HEADER = ROW + 2;
const ROW_NUMBERS = 56;
/** Height or width of a scroll bar in pixels, and of the grid's own border. */
const BAR = 18;
const EDGES = 2;
/** Milliseconds after which the grid is drawn also where the page is never idle. */
const PATIENCE = 2000;
/** What a person does with a table begins with one of these. */
const TOUCHES = ['pointerenter', 'focusin'] as const;

export interface TableGridOptions {
  readonly first: TablePage;
  /** Null where no kernel is there to ask. */
  readonly fetch: FetchPage | null;
  /** Rows visible at once; null fills what room there is. */
  readonly visibleRows: number | null;
  readonly trans: TranslationBundle;
}

/**
 * A table to scroll, sort, filter and copy from, with the work done in the kernel. Until it comes near sight there is room for
 * it, as high as it will be; then its first rows are shown, and once the page is idle or somebody turns to it, the grid
 * itself, a dozen canvases, which stays.
 */
export class TableGrid extends Panel {
  readonly #model: PagesModel;
  readonly #bar: GridBar;
  readonly #room = new Panel();
  readonly #options: TableGridOptions;
  /** Pixels that each column was found to need. */
  readonly #widths: number[] = [];
  #grid: DataGrid | null = null;
  #watch: ResizeObserver | null = null;
  #stopWaiting: () => void = () => undefined;
  #firstRows: HTMLElement | null = null;

  constructor(options: TableGridOptions) {
    super();
    this.#options = options;
    this.addClass('wl-TableGrid');
    this.#model = new PagesModel(options.first, options.fetch, () => {
      this.#bar.refresh();
      this.#fitColumns();
    });
    this.#bar = new GridBar(this.#model.pages, options.trans, (filter) => {
      this.#model.pages.look({ ...this.#model.pages.view, filter });
    });
    this.#room.addClass('wl-TableGrid-room');
    this.addWidget(this.#bar);
    this.addWidget(this.#room);
    this.#fit();
  }

  /** Takes on Lab's colours as they are now. */
  applyTheme(): void {
    if (this.#grid?.isAttached) applyLook(this.#grid, this.#model, this.node);
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.#grid) this.applyTheme();
    else
      this.#stopWaiting = whenNear(this.node, () => {
        this.#show();
      });
  }

  protected override onBeforeDetach(message: Message): void {
    this.#stopWaiting();
    super.onBeforeDetach(message);
  }

  override dispose(): void {
    this.#stopWaiting();
    this.#watch?.disconnect();
    // Cells of a notebook that closes are disposed without being detached, and the window would hold the grid for good.
    if (this.#grid) window.removeEventListener('resize', this.#grid);
    super.dispose();
  }

  #show(): void {
    if (this.isDisposed) return;
    this.#firstRows ??= firstRows(this.#model.pages, { columns: this.#widths, rowNumbers: ROW_NUMBERS });
    this.#room.node.append(this.#firstRows);
    const draw = (): void => {
      this.#stopWaiting();
      this.#draw();
    };
    const idle = requestIdleCallback(draw, { timeout: PATIENCE });
    for (const touch of TOUCHES) this.node.addEventListener(touch, draw);
    this.#stopWaiting = () => {
      cancelIdleCallback(idle);
      for (const touch of TOUCHES) this.node.removeEventListener(touch, draw);
    };
  }

  #draw(): void {
    if (this.#grid || this.isDisposed) return;
    const grid = new DataGrid({
      defaultSizes: {
        rowHeight: ROW,
        columnWidth: 120,
        rowHeaderWidth: ROW_NUMBERS,
        columnHeaderHeight: HEADER,
      },
      headerVisibility: 'all',
    });
    grid.dataModel = this.#model;
    grid.keyHandler = new BasicKeyHandler();
    grid.mouseHandler = new SortingMouse((column) => {
      this.#sortBy(column);
    });
    grid.selectionModel = new BasicSelectionModel({ dataModel: this.#model });
    grid.addClass('wl-TableGrid-grid');
    this.#widths.forEach((width, index) => {
      grid.resizeColumn('body', index, width);
    });
    // Until the grid has the focus, the wheel scrolls the page and not the table under the pointer.
    grid.node.addEventListener(
      'wheel',
      (event) => {
        if (!this.node.contains(document.activeElement)) event.stopPropagation();
      },
      { capture: true },
    );
    this.#grid = grid;
    applyLook(grid, this.#model, this.node);
    // Each of these changes is a message, and so is that it comes to the page. Without a size, none has it drawn.
    grid.node.hidden = true;
    this.#room.addWidget(grid);
    MessageLoop.flush();
    this.#firstRows?.remove();
    this.#firstRows = null;
    grid.node.hidden = false;
    MessageLoop.sendMessage(grid, Widget.ResizeMessage.UnknownSize);
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

  /** As wide as their text; rows that come later make them wider, never narrower. */
  #fitColumns(): void {
    const { pages } = this.#model;
    const rows = pages.sample(50);
    pages.columns.forEach((column, index) => {
      const width = columnWidth(
        column,
        rows.map((row) => row[index]),
      );
      if (width <= (this.#widths[index] ?? 0)) return;
      this.#widths[index] = width;
      this.#grid?.resizeColumn('body', index, width);
    });
  }

  #fit(): void {
    const { visibleRows } = this.#options;
    this.#fitColumns();
    if (visibleRows === null) {
      this.addClass('wl-mod-fill');
      return;
    }
    this.#fitHeight(visibleRows, Infinity);
    this.#watch = new ResizeObserver(() => {
      this.#fitHeight(visibleRows, this.node.clientWidth);
    });
    this.#watch.observe(this.node);
  }

  /** As high as its rows; a scroll bar below them gets its room only where the columns need it. */
  #fitHeight(visibleRows: number, room: number): void {
    const { total } = this.#model.pages;
    const rows = Math.max(1, Math.min(visibleRows, total));
    const isWide = ROW_NUMBERS + this.#bodyWidth() > room - (rows < total ? BAR : 0);
    const height = `${HEADER + rows * ROW + EDGES + (isWide ? BAR : 0)}px`;
    if (this.#room.node.style.height === height) return;
    this.#room.node.style.height = height;
    if (this.#grid) MessageLoop.sendMessage(this.#grid, Widget.ResizeMessage.UnknownSize);
  }

  /** The user may have made columns wider or narrower. */
  #bodyWidth(): number {
    return this.#grid?.bodyWidth ?? this.#widths.reduce((sum, width) => sum + width, 0);
  }
}
