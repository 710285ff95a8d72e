import type * as nbformat from '@jupyterlab/nbformat';
import { NotebookActions } from '@jupyterlab/notebook';
import type { YCodeCell } from '@jupyter/ydoc';
import type { Cell } from '@jupyterlab/cells';
import { JSONExt } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { CheckpointSummary, KernelEvent } from '../../../kernel/src/contract.js';
import type { KernelLink } from '../session/KernelLink.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import type { NotebookCells } from './NotebookCells.js';
import { METADATA, stampOf } from './storedCells.js';

/** Shared by all views of one notebook: what ran in one of them ran in all. */
const ranIn = new WeakMap<object, Set<string>>();

/** Marks each cell that ran with its checkpoint; one that ran elsewhere is given what came of it. */
export class RunStamps implements IDisposable {
  /** Cells that were run in this page and have no checkpoint yet. */
  readonly #ranHere: Set<string>;
  /** Runs of another page whose cells this one does not have yet. */
  readonly #unseen = new Set<string>();
  #lastTold = '';
  #disposed = false;

  constructor(
    private readonly session: NotebookSession,
    private readonly cells: NotebookCells,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.#ranHere = ranIn.get(session.panel.context) ?? new Set();
    ranIn.set(session.panel.context, this.#ranHere);
    session.link.event.connect(this.#onEvent, this);
    NotebookActions.executionScheduled.connect(this.#onScheduled, this);
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.session.link.event.disconnect(this.#onEvent, this);
    NotebookActions.executionScheduled.disconnect(this.#onScheduled, this);
  }

  /** Whether a cell was run in this page, and has no checkpoint yet. */
  ranHere(cell: string): boolean {
    return this.#ranHere.has(cell);
  }

  /** Whether this is a run of another page whose cell this one does not have yet. */
  isUnseen(checkpoint: string): boolean {
    return this.#unseen.has(checkpoint);
  }

  /** The same, and from now on it has: its cell is about to be shown. */
  take(checkpoint: string): boolean {
    return this.#unseen.delete(checkpoint);
  }

  #onEvent(_: KernelLink, event: KernelEvent): void {
    if (event.kind !== 'checkpoint') return;
    const { checkpoint } = event;
    const { id, cellId, kind } = checkpoint;
    // It is told of again, with its size, once it is stored.
    if (kind === 'step' || cellId === null || this.#lastTold === id) return;
    this.#lastTold = id;
    if (this.#ranHere.delete(cellId)) this.#stamp(checkpoint);
    else if (this.cells.all.some((cell) => cell.id === cellId)) void this.#takeOver(checkpoint);
    else this.#unseen.add(checkpoint.id);
  }

  /** A cell that ran in another tab, or before this page was opened, shows what came of it. */
  async #takeOver(checkpoint: CheckpointSummary): Promise<void> {
    const cell = this.cells.all.find((each) => each.id === checkpoint.cellId);
    if (!cell || checkpoint.kind === 'step' || stampOf(cell)?.checkpoint === checkpoint.id) return;
    try {
      const record = await this.session.request('checkpoint', { id: checkpoint.id });
      const now = this.session.panel.model?.sharedModel.cells.find((each) => each.id === checkpoint.cellId);
      if (now?.cell_type !== 'code' || now.getSource() !== record.source) return;
      const code = now as YCodeCell;
      const outputs = record.outputs as unknown as nbformat.IOutput[];
      // What was followed is there already: drawn anew, it would lose what one has opened in it.
      if (!JSONExt.deepEqual(code.getOutputs(), outputs)) code.setOutputs(outputs);
      code.execution_count = record.executionCount;
      this.#stamp(checkpoint);
    } catch (error) {
      this.onFailure(error);
    }
  }

  /** Runs that ended while no page was looking. */
  catchUp(): void {
    const { graph } = this.session;
    if (this.cells.kept.shown !== graph.activeId) return;
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
}
