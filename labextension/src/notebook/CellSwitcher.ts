import { NotebookActions, type Notebook } from '@jupyterlab/notebook';
import { UUID } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { CellRecord, CheckpointSummary, KernelEvent } from '../../../kernel/src/contract.js';
import type { KernelLink } from '../session/KernelLink.js';
import type { NotebookSession } from '../session/NotebookSession.js';
import { deriveCells } from './fromRecords.js';
import { LiveOutputs } from './LiveOutputs.js';
import { NotebookCells } from './NotebookCells.js';
import { continuedFrom, ownCells, planSwitch } from './plan.js';
import { RunStamps } from './RunStamps.js';
import { spliceBetween } from './splice.js';
import { recall, stampOf, takeOver, type StoredCell } from './storedCells.js';

/** Keeps the notebook's cells those of the active worldline. */
export class CellSwitcher implements IDisposable {
  /** Heads as they were when a worldline's cells were put away in this page. */
  readonly #headsWhenHidden = new Map<string, string>();
  readonly #trusted = new Set<string>();
  readonly #cells: NotebookCells;
  readonly #runs: RunStamps;
  readonly #live: LiveOutputs;
  #working = false;
  #wanted = false;
  #disposed = false;

  constructor(
    private readonly session: NotebookSession,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.#cells = new NotebookCells(session.panel);
    this.#runs = new RunStamps(session, this.#cells, onFailure);
    this.#live = new LiveOutputs(
      session,
      (cell) => this.#runs.ranHere(cell),
      () => {
        this.#onEnd();
      },
      onFailure,
    );
    session.loaded.connect(this.#onLoaded, this);
    session.link.event.connect(this.#onEvent, this);
    NotebookActions.executed.connect(this.#onExecuted, this);
    if (this.#cells.trusted) for (const line of Object.keys(this.#cells.kept.lines)) this.#trusted.add(line);
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#runs.dispose();
    this.#live.dispose();
    this.#cells.dispose();
    this.session.loaded.disconnect(this.#onLoaded, this);
    this.session.link.event.disconnect(this.#onEvent, this);
    NotebookActions.executed.disconnect(this.#onExecuted, this);
  }

  #onLoaded(): void {
    const { graph } = this.session;
    const active = graph.active;
    const kept = this.#cells.kept;
    const fresh =
      active !== null && [...graph.pathTo(active.head).keys()].every((id) => isRoot(graph.checkpoint(id)));
    if (active && (kept.shown === null || (fresh && kept.shown !== active.id && !recall(kept, active.id)))) {
      const wasUsed = kept.shown !== null && graph.wasUsed(kept.shown);
      this.#cells.kept = takeOver(kept, active.id, wasUsed);
    }
    this.#cells.tell(this.#cells.kept.shown);
    this.#follow();
    this.#runs.catchUp();
  }

  #onEvent(_: KernelLink, event: KernelEvent): void {
    if (event.kind === 'active' || event.kind === 'head') this.#follow();
  }

  #onExecuted(_: unknown, { notebook }: { notebook: Notebook }): void {
    if (notebook === this.session.panel.content) this.#onEnd();
  }

  /** Nothing changes places while a cell runs. */
  #onEnd(): void {
    if (this.#wanted) this.#follow();
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
    while (this.#wanted && !this.#disposed && !this.#cells.running) {
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
    const kept = this.#cells.kept;
    if (target === null) return;
    // Another view of the same notebook may have changed the cells.
    this.#cells.tell(kept.shown);
    if (target === kept.shown) return this.#showAdopted(target);
    if (!graph.worldline(target)) await this.session.reload();
    const continues = this.#continuedFrom(target);
    const stored = ownCells(kept, target, continues, this.#cells.all);
    const base = stored ? this.#headsWhenHidden.get(target) : kept.shown && graph.worldline(kept.shown)?.head;
    const head = graph.worldline(target)?.head;
    const records = stored && base === head ? null : await this.#records(target);
    // Another view of the same notebook may have shown it meanwhile.
    const changed = graph.activeId !== target || this.#cells.kept.shown !== kept.shown;
    if (this.#disposed || changed || this.#cells.running) {
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
    if (owner === target && !this.#runs.take(head)) return;
    const shown = this.#cells.all;
    if (this.#seen(shown).has(head)) return;
    const records = await this.#records(target);
    if (this.#disposed || graph.activeId !== target || this.#cells.running) {
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
    if (splice) this.#cells.change(splice, this.#cells.trusted);
  }

  /** The checkpoints of cells, and those before them. */
  #seen(cells: readonly StoredCell[]): ReadonlySet<string> {
    const stamps = cells.map(checkpointOf).filter((id) => id !== '');
    return new Set(stamps.flatMap((id) => [...this.session.graph.pathTo(id).keys()]));
  }

  #continuedFrom(target: string): string | null {
    return continuedFrom(this.#cells.kept, this.session.graph.worldline(target)?.continues ?? []);
  }

  async #records(target: string): Promise<readonly CellRecord[]> {
    const { cells } = await this.session.request('cells', { of: target });
    return cells;
  }

  /** Whose the shown cells are. What was begun anew has those of the one before until it is used, and may go as it came. */
  #owners(): readonly string[] {
    const { shown, before } = this.#cells.kept;
    if (shown === null) return [];
    const { graph } = this.session;
    const line = graph.worldline(shown);
    if (before === null || !line) return [shown];
    if (line.deleted) return [before];
    return isRoot(graph.checkpoint(line.head)) ? [before, shown] : [shown];
  }

  #show(target: string, records: readonly CellRecord[] | null, basePath: ReadonlySet<string>): void {
    const kept = this.#cells.kept;
    const head = kept.shown === null ? undefined : this.session.graph.worldline(kept.shown)?.head;
    if (kept.shown !== null) {
      if (head !== undefined && !this.#runs.isUnseen(head)) this.#headsWhenHidden.set(kept.shown, head);
    }
    const putAs = this.#owners();
    if (this.#cells.trusted) for (const line of putAs) this.#trusted.add(line);
    const continues = this.#continuedFrom(target);
    const from = recall(kept, target) ? target : (continues ?? '');
    const trusted = recall(kept, from) ? this.#trusted.has(from) : this.#cells.trusted;
    const plan = planSwitch({
      ...{ shown: this.#cells.all, kept, putAs, target, continues, records, basePath },
      draftId: UUID.uuid4(),
    });
    if (plan.splice) this.#cells.change(plan.splice, trusted, plan.kept);
    else this.#cells.kept = plan.kept;
  }
}

function checkpointOf(cell: StoredCell): string {
  return stampOf(cell)?.checkpoint ?? '';
}

function isRoot(checkpoint: CheckpointSummary | null): boolean {
  return checkpoint?.kind === 'root';
}
