import type { ISharedCell, SharedCell } from '@jupyter/ydoc';
import { NotebookActions, type INotebookModel, type NotebookPanel } from '@jupyterlab/notebook';
import { areNear } from '../grid/whenNear.js';
import { fillingCells } from './fillingCells.js';
import type { Splice } from './splice.js';
import type { StoredCell } from './storedCells.js';

/** So few cells change places at once. */
const FEW = 50;
/** How many come at once of those that are not in sight. With each step Lab draws some of them. */
const STEP = 100;
const LEAVING = 'wl-mod-leaving';
const INPUT = ['keydown', 'pointerdown'] as const;

const underWay = new WeakMap<INotebookModel, Changeover>();

/** Whoever is to see or change all cells of a notebook has them completed first. */
export function completeCells(model: INotebookModel | null): void {
  if (model) underWay.get(model)?.complete();
}

/**
 * Takes cells out of a notebook and brings others in, without running anything, and without a step to undo. Those that fill the
 * page come first, while those that leave are hidden; so it is painted before the rest goes and comes, in steps, between which
 * the page sees to a person. Nobody finds the notebook half changed: saving, a key or a click completes it before being seen to.
 */
export class Changeover {
  readonly #from: number;
  readonly #leaving: ReadonlySet<ISharedCell>;
  #coming: readonly StoredCell[];
  /** Where the next ones come in. */
  #at: number;

  constructor(
    private readonly panel: NotebookPanel,
    private readonly model: INotebookModel,
    { from, to, cells }: Splice,
    private readonly onComplete: () => void,
  ) {
    this.#from = from;
    this.#leaving = new Set(model.sharedModel.cells.slice(from, to));
    this.#coming = cells;
    this.#at = to;
  }

  begin(inSteps: boolean): void {
    const { content } = this.panel;
    const isSmall = this.#coming.length <= FEW && this.#leaving.size <= FEW;
    underWay.set(this.model, this);
    content.mode = 'command';
    if (inSteps && !isSmall && this.#stepsAreCheap()) this.#beginWithSight();
    else this.complete();
  }

  complete(): void {
    if (underWay.get(this.model) !== this) return;
    underWay.delete(this.model);
    this.panel.context.saveState.disconnect(this.#onSave, this);
    for (const event of INPUT) window.removeEventListener(event, this.#onInput, true);
    if (this.panel.isDisposed) return;
    while (this.#step(Infinity));
    this.#activate();
    this.#fillSight();
    this.onComplete();
  }

  /** Where fewer cells come than leave, Lab keeps a page that has none in sight: it lets one scroll beyond the last. */
  #fillSight(): void {
    const { outerNode, widgets } = this.panel.content;
    const last = widgets.at(-1)?.node;
    if (outerNode.scrollTop === 0 || !last?.isConnected) return;
    const { top, height } = outerNode.getBoundingClientRect();
    const empty = top + height - last.getBoundingClientRect().bottom;
    if (empty > height / 2) outerNode.scrollTop -= empty - height / 4;
  }

  /** Lab looks into all cells each time that the active one moves down; and a page that nobody sees is never idle. */
  #stepsAreCheap(): boolean {
    return this.panel.content.activeCellIndex < this.#at && document.visibilityState === 'visible';
  }

  #beginWithSight(): void {
    const { content, context } = this.panel;
    const leaving = content.widgets.slice(this.#from, this.#from + this.#leaving.size);
    const first = this.#at;
    const beside = content.renderingLayout === 'side-by-side';
    this.#bring(fillingCells(this.#coming, this.#room(), beside));
    for (const cell of leaving) cell.addClass(LEAVING);
    this.#draw(first, this.#at);
    context.saveState.connect(this.#onSave, this);
    for (const event of INPUT) window.addEventListener(event, this.#onInput, true);
    oncePainted(() => {
      this.#goOn();
    });
  }

  /** Left to itself, Lab measures each cell before it draws the next; and tables wait for the browser to find them in sight. */
  #draw(from: number, to: number): void {
    const { content } = this.panel;
    for (let index = from; index < to; index++) content.renderCellOutputs(index);
    for (const cell of content.widgets.slice(from, to)) areNear(cell.node);
  }

  /** Height of what is in sight below the cells that stay, in pixels. */
  #room(): number {
    const { outerNode, widgets } = this.panel.content;
    const { top } = outerNode.getBoundingClientRect();
    const above = widgets[this.#from - 1]?.node.getBoundingClientRect().bottom ?? top;
    return outerNode.clientHeight - Math.max(0, above - top);
  }

  /** Whether there was something to do yet. */
  #step(most: number): boolean {
    return this.#takeOut() || this.#bring(most);
  }

  /**
   * The first one goes last and is active until then: Lab would look for another one with each cell that goes above the active
   * one. And they go before most others come: Yjs moves what stands behind a deleted cell.
   */
  #takeOut(): boolean {
    const { content } = this.panel;
    const { cells } = this.model.sharedModel;
    const first = cells.findIndex((cell) => this.#leaving.has(cell));
    if (first === -1) return false;
    content.activeCellIndex = first;
    this.#delete(first + 1, cells.findLastIndex((cell) => this.#leaving.has(cell)) + 1);
    if (this.#at === first + 1) this.#bring(1);
    content.activeCellIndex = first + 1 < content.widgets.length ? first + 1 : first - 1;
    this.#delete(first, first + 1);
    this.#activate();
    return true;
  }

  #delete(from: number, to: number): void {
    const { sharedModel } = this.model;
    if (from < to)
      sharedModel.transact(() => {
        sharedModel.deleteCellRange(from, to);
      }, false);
    this.#at -= to - from;
  }

  #activate(): void {
    const { content } = this.panel;
    content.activeCellIndex = Math.min(this.#from, content.widgets.length - 1);
    const { activeElement } = document;
    if (activeElement === document.body || content.node.contains(activeElement))
      void NotebookActions.focusActiveCell(content);
  }

  #bring(most: number): boolean {
    const { sharedModel } = this.model;
    const some = this.#coming.slice(0, most);
    if (some.length === 0) return false;
    this.#coming = this.#coming.slice(most);
    sharedModel.transact(() => {
      sharedModel.insertCells(this.#at, some as unknown as SharedCell.Cell[]);
    }, false);
    this.#at += some.length;
    return true;
  }

  /** Does not wait until the page is idle: Lab draws what is out of sight then, and tables their grids. */
  #goOn(): void {
    setTimeout(() => {
      if (underWay.get(this.model) !== this) return;
      if (!this.panel.isDisposed && this.#step(STEP)) this.#goOn();
      else this.complete();
    });
  }

  #onSave(_: unknown, state: string): void {
    if (state === 'started') this.complete();
  }

  readonly #onInput = (): void => {
    this.complete();
  };
}

/** A frame begins once the one before it is painted. */
function oncePainted(then: () => void): void {
  requestAnimationFrame(() => {
    requestAnimationFrame(then);
  });
}
