import type {
  CheckpointSummary,
  GraphPage,
  KernelEvent,
  KernelState,
  RunningCell,
  WorldlineSummary,
} from '../../../kernel/src/contract.js';

/** A notebook's worldlines and checkpoints as far as they are known, kept up to date by the kernel's events. */
export class Graph {
  readonly #worldlines = new Map<string, WorldlineSummary>();
  readonly #checkpoints = new Map<string, CheckpointSummary>();
  #active: string | null = null;
  #running: RunningCell | null = null;
  #state: KernelState | null = null;
  #newestFirst: readonly CheckpointSummary[] | null = null;
  #path: { head: string; ids: ReadonlyMap<string, number> } | null = null;

  get active(): WorldlineSummary | null {
    return this.#active === null ? null : (this.#worldlines.get(this.#active) ?? null);
  }
  get activeId(): string | null {
    return this.#active;
  }
  get running(): RunningCell | null {
    return this.#running;
  }
  get state(): KernelState | null {
    return this.#state;
  }

  /** The worldlines, the active one first, earlier sessions' last, each group newest first. */
  get worldlines(): readonly WorldlineSummary[] {
    const rank = (each: WorldlineSummary) => (each.id === this.#active ? 0 : each.earlier ? 2 : 1);
    return [...this.#worldlines.values()]
      .filter((each) => !each.deleted)
      .sort((a, b) => rank(a) - rank(b) || b.created - a.created);
  }

  /** All but the active one. */
  get otherWorldlines(): readonly WorldlineSummary[] {
    return this.worldlines.filter((each) => each.id !== this.#active);
  }

  /** The worldline of an earlier run in which a cell ran last; null where there is none. */
  get lastEarlier(): WorldlineSummary | null {
    const ended = ({ head }: WorldlineSummary) => this.checkpoint(head)?.ended ?? 0;
    const earlier = this.worldlines.filter((each) => each.earlier);
    return earlier.reduce<WorldlineSummary | null>(
      (last, each) => (last === null || ended(each) > ended(last) ? each : last),
      null,
    );
  }

  get deletedWorldlines(): readonly WorldlineSummary[] {
    return [...this.#worldlines.values()].filter((each) => each.deleted);
  }

  get newestFirst(): readonly CheckpointSummary[] {
    this.#newestFirst ??= [...this.#checkpoints.values()].reverse();
    return this.#newestFirst;
  }

  worldline(idOrName: string): WorldlineSummary | null {
    return this.#worldlines.get(idOrName) ?? this.worldlines.find((each) => each.name === idOrName) ?? null;
  }

  /** Whether a worldline is there, or one that goes on from it, in place of which it is told. One that was never used is not. */
  wasUsed(id: string): boolean {
    return [...this.#worldlines.values()].some((each) => each.id === id || each.continues.includes(id));
  }

  checkpoint(id: string): CheckpointSummary | null {
    return this.#checkpoints.get(id) ?? null;
  }

  /** The worldlines that stand on a checkpoint. */
  headsAt(checkpoint: string): readonly WorldlineSummary[] {
    return this.worldlines.filter((each) => each.head === checkpoint);
  }

  /** The worldline that a checkpoint stands for: one that ends there, else the one in which it was made. */
  worldlineAt(checkpoint: string): string | null {
    return this.headsAt(checkpoint)[0]?.id ?? this.checkpoint(checkpoint)?.worldline ?? null;
  }

  /** The worldline that one means who opens a checkpoint: one that ends there, else the active one on whose way it is. */
  opens(checkpoint: string): string | null {
    const ends = this.headsAt(checkpoint).length > 0;
    return !ends && this.activePath().has(checkpoint) ? this.#active : this.worldlineAt(checkpoint);
  }

  /** The checkpoints from the root to `id`, each with its place on the way; empty where `id` is unknown. */
  pathTo(id: string): ReadonlyMap<string, number> {
    if (this.#path?.head === id) return this.#path.ids;
    const upwards: string[] = [];
    for (
      let at = this.#checkpoints.get(id);
      at;
      at = at.parent === null ? undefined : this.#checkpoints.get(at.parent)
    ) {
      upwards.push(at.id);
    }
    const ids = new Map(upwards.reverse().map((each, index) => [each, index]));
    this.#path = { head: id, ids };
    return ids;
  }

  /** The way to the active worldline's head. */
  activePath(): ReadonlyMap<string, number> {
    return this.active ? this.pathTo(this.active.head) : new Map();
  }

  /** Replaces everything by what the kernel has: pages as they came, newest first. */
  load(pages: readonly GraphPage[]): void {
    this.#worldlines.clear();
    this.#checkpoints.clear();
    this.#forgetDerived();
    const newestFirst = pages.flatMap((page) => page.checkpoints);
    for (const checkpoint of newestFirst.reverse()) this.#checkpoints.set(checkpoint.id, checkpoint);
    for (const page of pages) for (const worldline of page.worldlines) this.#putWorldline(worldline);
  }

  /** Takes in one event; says whether anything that this class tells has changed. */
  apply(event: KernelEvent): boolean {
    switch (event.kind) {
      case 'cell-began':
        this.#running = event;
        return true;
      case 'checkpoint':
        this.#running = null;
        this.#checkpoints.set(event.checkpoint.id, event.checkpoint);
        this.#forgetDerived();
        return true;
      case 'worldline':
        this.#putWorldline(event.worldline);
        return true;
      case 'head':
        this.#moveHead(event.worldline, event.head);
        return true;
      case 'active':
        this.#active = event.worldline;
        return true;
      case 'state':
        this.setState(event.state);
        return true;
      case 'data':
      case 'run':
        return false;
    }
  }

  setState(state: KernelState): void {
    this.#state = state;
    this.#active = state.active;
    // A page that opens in the middle of a cell has not heard it begin.
    this.#running = state.busy ? (state.running ?? this.#running) : null;
  }

  #putWorldline(worldline: WorldlineSummary): void {
    this.#worldlines.set(worldline.id, worldline);
    if (worldline.active) this.#active = worldline.id;
  }

  #moveHead(id: string, head: string): void {
    const worldline = this.#worldlines.get(id);
    if (worldline) this.#worldlines.set(id, { ...worldline, head });
  }

  #forgetDerived(): void {
    this.#newestFirst = null;
    this.#path = null;
  }
}
