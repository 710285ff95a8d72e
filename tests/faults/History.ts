/** What a worldline has: the rows of the table, the variable, which is none after an import, and the file. */
export interface State {
  readonly rows: readonly number[];
  readonly values: readonly number[] | null;
  readonly file: readonly number[];
}

/** A checkpoint: of a cell, or of a step of an agent's run. */
interface Entry {
  /** What must be there; null where a full disk may have kept it from being saved. */
  readonly state: State | null;
  /** The cell that it belongs to. */
  readonly cell: number;
  readonly isStep: boolean;
}

/** The checkpoints from the start to a worldline's head, as `%undo` is to go through them. */
export class History {
  constructor(private readonly entries: readonly Entry[]) {}

  static begin(state: State): History {
    return new History([{ state, cell: 0, isStep: false }]);
  }

  /** How many checkpoints there are. */
  get length(): number {
    return this.entries.length;
  }

  get state(): State {
    const state = this.entries.at(-1)?.state;
    if (state === undefined || state === null) throw new Error('Nobody knows what is here.');
    return state;
  }

  with(cell: number, state: State | null): History {
    return new History([...this.entries, { state, cell, isStep: false }]);
  }

  /** With an agent's run of so many steps, each of which changed something. */
  withRun(cell: number, steps: readonly State[]): History {
    const entries = steps.map((state): Entry => ({ state, cell, isStep: true }));
    return new History([...this.entries, ...entries]).with(cell, steps.at(-1) ?? this.state);
  }

  /** What `%undo` leaves: a run goes as a whole. Null where that is before the start, or not known. */
  undone(): History | null {
    const last = this.entries.at(-1);
    let left = this.entries.length - 1;
    while (this.entries[left - 1]?.cell === last?.cell) left--;
    return this.upTo(left);
  }

  /** What `%undo --step` leaves: of a run that ended, the state before its last step. */
  stepUndone(): History | null {
    const [before, last] = this.entries.slice(-2);
    const isRun = last?.isStep === false && before?.isStep === true && before.cell === last.cell;
    return this.upTo(this.entries.length - (isRun ? 2 : 1));
  }

  /** Where a branch begins that leaves so many cells out. */
  back(cells: number): History | null {
    return cells === 0 ? this : (this.undone()?.back(cells - 1) ?? null);
  }

  private upTo(length: number): History | null {
    const entries = this.entries.slice(0, length);
    const state = entries.at(-1)?.state;
    return state === undefined || state === null ? null : new History(entries);
  }
}

export function withRow({ rows, ...rest }: State, n: number): State {
  return { ...rest, rows: [...rows, n] };
}

export function withValue({ rows, values, file }: State, n: number): State {
  const all = [...(values ?? file), n];
  return { rows, values: all, file: all };
}
