import type * as nbformat from '@jupyterlab/nbformat';
import { NotebookActions, type Notebook } from '@jupyterlab/notebook';
import type { YCodeCell } from '@jupyter/ydoc';
import type { Cell, ICodeCellModel } from '@jupyterlab/cells';
import { UUID } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { CellRecord, CheckpointSummary, KernelEvent } from '../../../kernel/src/contract.js';
import type { KernelLink } from '../session/KernelLink.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { deriveCells } from './fromRecords.js';
import { ownCells, planSwitch } from './plan.js';
import { spliceBetween, type Splice } from './splice.js';
import {
  METADATA,
  readKept,
  recall,
  stampOf,
  takeOver,
  type KeptCells,
  type StoredCell,
} from './storedCells.js';

/** Shared by all views of one notebook: what ran in one of them ran in all. */
const ranIn = new WeakMap<object, Set<string>>();

/** Keeps the notebook's cells those of the active worldline, and marks each run with its checkpoint. */
export class CellSwitcher implements IDisposable {
  /** Heads as they were when a worldline's cells were put away in this page. */
  readonly #headsWhenHidden = new Map<string, string>();
  readonly #trusted = new Set<string>();
  /** Cells that were run in this page and have no checkpoint yet. */
  readonly #ranHere: Set<string>;
  /** Runs of another page whose cells this one does not have yet. */
  readonly #unseen = new Set<string>();
  #lastTold = '';
  #working = false;
  #wanted = false;
  #disposed = false;

  constructor(
    private readonly session: NotebookSession,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.#ranHere = ranIn.get(session.panel.context) ?? new Set();
    ranIn.set(session.panel.context, this.#ranHere);
    session.loaded.connect(this.#onLoaded, this);
    session.link.event.connect(this.#onEvent, this);
    NotebookActions.executed.connect(this.#onExecuted, this);
    NotebookActions.executionScheduled.connect(this.#onScheduled, this);
    if (this.#shownIsTrusted()) for (const line of Object.keys(this.#kept().lines)) this.#trusted.add(line);
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.session.loaded.disconnect(this.#onLoaded, this);
    this.session.link.event.disconnect(this.#onEvent, this);
    NotebookActions.executed.disconnect(this.#onExecuted, this);
    NotebookActions.executionScheduled.disconnect(this.#onScheduled, this);
  }

  #onLoaded(): void {
    const { graph } = this.session;
    const active = graph.active;
    const kept = this.#kept();
    const fresh =
      active !== null && [...graph.pathTo(active.head).keys()].every((id) => isRoot(graph.checkpoint(id)));
    if (active && (kept.shown === null || (fresh && kept.shown !== active.id && !recall(kept, active.id)))) {
      const wasUsed = kept.shown !== null && graph.worldline(kept.shown) !== null;
      this.#setKept(takeOver(kept, active.id, wasUsed));
    }
    this.#tell(this.#kept().shown);
    this.#follow();
    this.#catchUp();
  }

  #onEvent(_: KernelLink, event: KernelEvent): void {
    if (event.kind === 'checkpoint') this.#onCheckpoint(event.checkpoint);
    if (event.kind === 'active' || event.kind === 'head') this.#follow();
  }

  #onExecuted(_: unknown, { notebook }: { notebook: Notebook }): void {
    if (this.#wanted && notebook === this.session.panel.content) this.#follow();
  }

  #follow(): void {
    this.#wanted = true;
    if (this.#working) return;
    this.#working = true;
    void this.#work().finally(() => {
      this.#working = false;
    });
  }

  async #work(): Promise<void> {
    while (this.#wanted && !this.#disposed && !this.#cellsRun()) {
      this.#wanted = false;
      try {
        await this.#showActive();
      } catch (error) {
        this.onFailure(error);
      }
    }
  }

  async #showActive(): Promise<void> {
    const { graph } = this.session;
    const target = graph.activeId;
    const kept = this.#kept();
    if (target === null) return;
    // Another view of the same notebook may have changed the cells.
    this.#tell(kept.shown);
    if (target === kept.shown) return this.#showAdopted(target);
    if (!graph.worldline(target)) await this.session.reload();
    const continues = graph.worldline(target)?.continues ?? null;
    const stored = ownCells(kept, target, continues, this.#cells());
    const base = stored ? this.#headsWhenHidden.get(target) : kept.shown && graph.worldline(kept.shown)?.head;
    const head = graph.worldline(target)?.head;
    const records = stored && base === head ? null : await this.#records(target);
    // Another view of the same notebook may have shown it meanwhile.
    const changed = graph.activeId !== target || this.#kept().shown !== kept.shown;
    if (this.#disposed || changed || this.#cellsRun()) {
      this.#wanted = true;
      return;
    }
    this.#show(target, records, new Set(base ? graph.pathTo(base).keys() : this.#seen(stored ?? [])));
  }

  /**
   * A worldline whose head moved to another one's gets that one's cells; its own stay, marked as undone. So does one in
   * which another page ran cells of its own.
   */
  async #showAdopted(target: string): Promise<void> {
    const { graph } = this.session;
    const head = graph.worldline(target)?.head;
    const owner = head === undefined ? undefined : graph.checkpoint(head)?.worldline;
    if (head === undefined || owner === undefined) return;
    if (owner === target && !this.#unseen.delete(head)) return;
    const shown = this.#cells();
    if (this.#seen(shown).has(head)) return;
    const records = await this.#records(target);
    if (this.#disposed || graph.activeId !== target || this.#cellsRun()) {
      this.#wanted = true;
      return;
    }
    const cells = deriveCells({
      base: shown,
      foreign: false,
      worldline: target,
      records,
      basePath: this.#seen(shown),
    });
    const splice = spliceBetween(shown, cells);
    if (splice) this.#apply(splice, this.#shownIsTrusted());
  }

  /** The checkpoints of cells, and those before them. */
  #seen(cells: readonly StoredCell[]): ReadonlySet<string> {
    const stamps = cells.map(checkpointOf).filter((id) => id !== '');
    return new Set(stamps.flatMap((id) => [...this.session.graph.pathTo(id).keys()]));
  }

  async #records(target: string): Promise<readonly CellRecord[]> {
    const { cells } = await this.session.request('cells', { of: target });
    return cells;
  }

  #show(target: string, records: readonly CellRecord[] | null, basePath: ReadonlySet<string>): void {
    const kept = this.#kept();
    const head = kept.shown === null ? undefined : this.session.graph.worldline(kept.shown)?.head;
    if (kept.shown !== null) {
      if (head !== undefined && !this.#unseen.has(head)) this.#headsWhenHidden.set(kept.shown, head);
      if (this.#shownIsTrusted()) this.#trusted.add(kept.shown);
    }
    const { graph } = this.session;
    const continues = graph.worldline(target)?.continues ?? null;
    // What was begun anew and never used is gone with its cells, which were another one's.
    const gone = kept.shown !== null && (graph.worldline(kept.shown)?.deleted ?? false);
    const putAs = gone ? (kept.before ?? kept.shown) : kept.shown;
    const from = recall(kept, target) ? target : (continues ?? '');
    const trusted = recall(kept, from) ? this.#trusted.has(from) : this.#shownIsTrusted();
    const plan = planSwitch({
      ...{ shown: this.#cells(), kept, putAs, target, continues, records, basePath },
      draftId: UUID.uuid4(),
    });
    if (plan.splice) this.#apply(plan.splice, trusted);
    this.#setKept(plan.kept);
  }

  #apply({ from, to, cells }: Splice, trusted: boolean): void {
    const { model } = this.session.panel;
    if (!model) return;
    const { content } = this.session.panel;
    const gone = new Set(
      this.#cells()
        .slice(from, to)
        .map((cell) => cell.id),
    );
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
    sharedModel.transact(() => {
      if (cells.length > first.length) insert(at, cells.slice(first.length));
      if (to > from) sharedModel.deleteCellRange(from + cells.length, to + cells.length);
    }, false);
    // The kernel is told which cells the user deleted; a hidden cell is none of them.
    const kept = model.deletedCells.filter((id) => !gone.has(id));
    model.deletedCells.splice(0, model.deletedCells.length, ...kept);
    content.activeCellIndex = Math.min(from, content.widgets.length - 1);
    if (focused || document.activeElement === document.body) void NotebookActions.focusActiveCell(content);
  }

  #onCheckpoint(checkpoint: CheckpointSummary): void {
    const { id, cellId, kind } = checkpoint;
    // It is told of again, with its size, once it is stored.
    if (kind === 'step' || cellId === null || this.#lastTold === id) return;
    this.#lastTold = id;
    if (this.#ranHere.delete(cellId)) this.#stamp(checkpoint);
    else if (this.#cells().some((cell) => cell.id === cellId)) void this.#takeOver(checkpoint);
    else this.#unseen.add(checkpoint.id);
  }

  /** A cell that ran in another tab, or before this page was opened, shows what came of it. */
  async #takeOver(checkpoint: CheckpointSummary): Promise<void> {
    const cell = this.#cells().find((each) => each.id === checkpoint.cellId);
    if (!cell || checkpoint.kind === 'step' || stampOf(cell)?.checkpoint === checkpoint.id) return;
    try {
      const record = await this.session.request('checkpoint', { id: checkpoint.id });
      const now = this.session.panel.model?.sharedModel.cells.find((each) => each.id === checkpoint.cellId);
      if (now?.cell_type !== 'code' || now.getSource() !== record.source) return;
      const code = now as YCodeCell;
      code.setOutputs(record.outputs as unknown as nbformat.IOutput[]);
      code.execution_count = record.executionCount;
      this.#stamp(checkpoint);
    } catch (error) {
      this.onFailure(error);
    }
  }

  /** Runs that ended while no page was looking. */
  #catchUp(): void {
    const { graph } = this.session;
    if (this.#kept().shown !== graph.activeId) return;
    const last = new Map<string, CheckpointSummary>();
    for (const id of graph.activePath().keys()) {
      const checkpoint = graph.checkpoint(id);
      if (!checkpoint?.cellId || checkpoint.kind === 'step') continue;
      const known = last.get(checkpoint.cellId);
      if (known === undefined || known.ended < checkpoint.ended) last.set(checkpoint.cellId, checkpoint);
    }
    for (const checkpoint of last.values()) void this.#takeOver(checkpoint);
  }

  #onScheduled(_: unknown, { cell }: { cell: Cell }): void {
    if (this.session.panel.content.widgets.includes(cell)) this.#ranHere.add(cell.model.id);
  }

  #stamp(checkpoint: CheckpointSummary): void {
    if (checkpoint.cellId === null || checkpoint.kind === 'step') return;
    for (const cell of this.session.panel.model?.cells ?? []) {
      if (cell.id !== checkpoint.cellId) continue;
      cell.setMetadata(METADATA, { checkpoint: checkpoint.id, worldline: checkpoint.worldline });
      return;
    }
  }

  #cells(): readonly StoredCell[] {
    const cells = this.session.panel.model?.sharedModel.cells ?? [];
    return cells.map((cell) => cell.toJSON() as unknown as StoredCell);
  }

  #cellsRun(): boolean {
    for (const cell of this.session.panel.model?.cells ?? []) {
      if (cell.type === 'code' && (cell as ICodeCellModel).executionState === 'running') return true;
    }
    return false;
  }

  #shownIsTrusted(): boolean {
    for (const cell of this.session.panel.model?.cells ?? []) {
      if (cell.type === 'code' && !cell.trusted && hasOutputs(cell.toJSON())) return false;
    }
    return true;
  }

  /** Says on the page which worldline's cells it shows, for style sheets and scripts. */
  #tell(shown: string | null): void {
    this.session.panel.content.node.dataset['wlShown'] = shown ?? '';
  }

  #kept(): KeptCells {
    return readKept(this.session.panel.model?.getMetadata(METADATA));
  }

  #setKept(kept: KeptCells): void {
    this.#tell(kept.shown);
    this.session.panel.model?.setMetadata(METADATA, kept);
  }
}

function withTrust(cell: StoredCell): StoredCell {
  return cell.cell_type === 'code' ? { ...cell, metadata: { ...cell.metadata, trusted: true } } : cell;
}

function checkpointOf(cell: StoredCell): string {
  return stampOf(cell)?.checkpoint ?? '';
}

function hasOutputs(cell: nbformat.ICell): boolean {
  return Array.isArray(cell['outputs']) && cell['outputs'].length > 0;
}

function isRoot(checkpoint: CheckpointSummary | null): boolean {
  return checkpoint?.kind === 'root';
}
