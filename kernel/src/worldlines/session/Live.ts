import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { TableInfo, VariableInfo } from '../../contract.js';
import { OneByOne } from '../../OneByOne.js';
import type { State } from '../journal/records.js';
import type { CapturedVariables, Part, Parts, VariablesCapture, WorldlinePlace } from '../types.js';
import type { WorkspaceIndex } from '../workspace/WorkspaceIndex.js';
import { Chain } from './Chain.js';

/** Variables as they were at a checkpoint. */
export interface Taken {
  readonly variables: readonly VariableInfo[];
  readonly captured: CapturedVariables;
}

/** An open worldline: its running parts, and what of its live state is already in the store. */
export class Live {
  readonly database: Chain<Pick<State, 'database' | 'tables'>>;
  readonly workspace: Chain<Pick<State, 'workspace'>>;
  readonly variables: Chain<Pick<State, 'variables' | 'shown'>>;
  /** The last checkpoint's state being written; never rejects. */
  saving: Promise<unknown> = Promise.resolve();
  /** The last checkpoint's state being recorded, so that it outlives this process; never rejects. */
  recorded: Promise<unknown> = Promise.resolve();
  /** Checkpoints whose state is being written. */
  writing = 0;
  /** Some part is not what the head says: a move failed half-way. */
  torn = false;
  /** Some state is in the live files only. */
  unsaved = false;
  /** The database file has changes that no snapshot has. */
  databaseDirty = false;
  /** The tables of a database whose snapshot the store does not have yet, as its last flush told them. */
  tables: readonly TableInfo[] | null = null;
  /** Variables that were taken, and are not in the store yet: those who gave them say from then on that nothing changed. */
  taken: Taken | null = null;
  readonly #moves = new OneByOne();

  constructor(
    readonly place: WorldlinePlace,
    readonly index: WorkspaceIndex,
    readonly parts: Parts,
    state: State,
  ) {
    this.database = new Chain({ database: state.database, tables: state.tables });
    this.workspace = new Chain({ workspace: state.workspace });
    this.variables = new Chain({ variables: state.variables, shown: state.shown });
  }

  /** Whether its folder or its workspace was taken away. */
  get removed(): boolean {
    return !existsSync(this.place.workspace) || !existsSync(dirname(this.place.databaseFile));
  }

  /** The state that is in the store. */
  get state(): State {
    return { ...this.database.value, ...this.workspace.value, ...this.variables.value };
  }

  /** Begins a state that is recorded after those before it: call `recorded` when it is, or when it will not be. */
  nextRecorded(): { readonly before: Promise<unknown>; readonly recorded: () => void } {
    const before = this.recorded;
    let recorded = (): void => undefined;
    this.recorded = new Promise<void>((resolve) => {
      recorded = resolve;
    });
    return { before, recorded };
  }

  /** Resolves when a part may be written to again. */
  async ready(part: Exclude<Part, 'variables'>): Promise<void> {
    await this[part].idle();
  }

  /** Waits for a capture, and keeps what it took until the store has it. Rejects where it failed. */
  async take(capture: Promise<VariablesCapture | null> | null): Promise<void> {
    const taking = await capture;
    if (taking !== null) this.taken = { variables: taking.variables, captured: await taking.done };
  }

  /** One after the other: commits and moves. */
  async exclusive<T>(act: () => Promise<T>): Promise<T> {
    return this.#moves.next(act);
  }
}
