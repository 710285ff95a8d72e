import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from '@jest/globals';
import { frontEnd } from '../integration/frontEnd.js';
import { shown, type Notebook } from '../integration/withKernel.js';
import type { KernelClient } from '../support/KernelClient.js';
import { fillDisk } from '../support/fillDisk.js';
import { containersOf, kill } from '../support/processes.js';
import { databaseProcesses } from './databaseProcesses.js';
import { APPEND, INSERT, LOOK, seen, WRITE } from './cells.js';
import { History, withRow, withValue } from './History.js';

/** What kernels after the first think that the time is. */
const CLOCKS = [0, -1, -400, 3].map((days) => ({
  NODE_OPTIONS: `--import ${pathToFileURL(join(process.cwd(), 'tests/support/clock.mjs')).href}`,
  WORLDLINE_TEST_CLOCK: String(days * 86_400_000),
}));

export const KINDS = [
  ...['sql', 'python', 'ask', 'branch', 'branch-back', 'switch', 'undo', 'undo-step', 'adopt', 'rename'],
  ...[
    'delete',
    'restore',
    'exchange',
    'collect',
    'beside',
    'full',
    'kill',
    'kill-database',
    'kill-container',
  ],
] as const;
/** `pick` chooses among what there is. */
export interface Step {
  readonly kind: (typeof KINDS)[number];
  readonly pick: number;
}

/** Runs steps in real kernels and on a map of what every worldline must have, and compares after each. */
export class WorldlineModel {
  readonly #lines = new Map<string, History>();
  readonly #deleted = new Map<string, History>();
  #active = 'main';
  #next = 1;
  #kernel: KernelClient;

  constructor(private readonly notebook: Notebook) {
    this.#kernel = notebook.kernel;
  }

  async begin(): Promise<void> {
    await this.#cell('%%sql\ncreate table t (i integer)');
    await this.#cell(`%%python\n${WRITE.replace('str(values)', '"[]"')}`);
    this.#history = History.begin({ rows: [], values: null, file: [] });
    await this.#look();
  }

  async step({ kind, pick }: Step): Promise<void> {
    const n = this.#next++;
    switch (kind) {
      case 'sql':
        await this.#cell(`%%sql\n${INSERT(n)}`);
        this.#history = this.#history.with(n, withRow(this.#history.state, n));
        break;
      case 'python':
        await this.#cell(`%%python\n${APPEND(n)}\n${WRITE}`);
        this.#history = this.#history.with(n, withValue(this.#history.state, n));
        break;
      case 'ask': {
        await this.#cell(`%%ask\nadd ${n} and ${n}`);
        const first = withRow(this.#history.state, n);
        this.#history = this.#history.withRun(n, [first, withValue(first, n)]);
        break;
      }
      case 'branch':
        await this.#cell(`%branch b${n}`);
        this.#enter(`b${n}`, this.#history);
        break;
      case 'branch-back':
        await this.#branchBack(`b${n}`, pick % 4);
        break;
      case 'switch':
        await this.#go('switch', this.#pick(pick));
        break;
      case 'undo':
        await this.#undo('%undo', this.#history.undone());
        break;
      case 'undo-step':
        await this.#undo('%undo --step', this.#history.stepUndone());
        break;
      case 'adopt': {
        const name = this.#pick(pick);
        await this.#cell(`%adopt ${name}`);
        this.#history = this.#of(name);
        break;
      }
      case 'rename':
        await this.#rename(this.#pick(pick), `r${n}`);
        break;
      case 'delete':
        await this.#delete(this.#pick(pick));
        break;
      case 'restore':
        await this.#restore(pick);
        break;
      case 'exchange':
        await this.#exchange(`x${n}`);
        break;
      case 'collect':
        await this.#cell(`%worldlines --gc${pick % 2 === 0 ? '' : ' --keep 0.001'}`);
        this.#deleted.clear();
        break;
      case 'beside':
        await this.#beside(`k${n}`, n, pick % 2 === 0);
        break;
      case 'full':
        await this.#full(n);
        break;
      case 'kill':
        await this.#kill(pick);
        break;
      case 'kill-database':
        for (const pid of databaseProcesses(this.#kernel)) kill(pid);
        break;
      case 'kill-container':
        for (const id of containersOf(this.#kernel.process.pid))
          execFileSync('docker', ['rm', '-f', id], { stdio: 'ignore' });
        break;
    }
    await this.#look();
  }

  get #history(): History {
    return this.#of(this.#active);
  }
  set #history(history: History) {
    this.#lines.set(this.#active, history);
  }

  #of(name: string): History {
    const history = this.#lines.get(name);
    if (history === undefined) throw new Error(`There is no worldline ${name}.`);
    return history;
  }

  #pick(pick: number): string {
    return [...this.#lines.keys()][pick % this.#lines.size] ?? this.#active;
  }

  #enter(name: string, history: History): void {
    this.#active = name;
    this.#history = history;
  }

  async #go(how: 'switch' | 'resume', name: string): Promise<void> {
    await this.#cell(`%${how} ${name}`);
    this.#active = name;
  }

  async #undo(magic: string, left: History | null): Promise<void> {
    if (left === null) return;
    await this.#cell(magic);
    this.#history = left;
  }

  async #branchBack(name: string, cells: number): Promise<void> {
    const there = this.#history.back(cells);
    if (there === null) return;
    const id = await this.#ancestor(this.#history.length - there.length);
    await this.#cell(`%branch ${name} --from ${id}`);
    this.#enter(name, there);
  }

  /** The id of the checkpoint that stands so many before the head. */
  async #ancestor(back: number): Promise<string> {
    const { ask } = await frontEnd(this.#kernel);
    const { worldlines, checkpoints } = await ask('graph', { offset: 0, count: 10_000 });
    let id = worldlines.find(({ active }) => active)?.head ?? '';
    for (let n = 0; n < back; n++) id = checkpoints.find((one) => one.id === id)?.parent ?? '';
    return id;
  }

  async #rename(name: string, to: string): Promise<void> {
    await this.#cell(`%rename ${name} ${to}`);
    this.#lines.set(to, this.#of(name));
    this.#lines.delete(name);
    if (this.#active === name) this.#active = to;
  }

  async #delete(name: string): Promise<void> {
    if (name === this.#active) return;
    await this.#cell(`%delete ${name}`);
    this.#deleted.set(name, this.#of(name));
    this.#lines.delete(name);
  }

  async #restore(pick: number): Promise<void> {
    const [name, history] = [...this.#deleted][pick % Math.max(1, this.#deleted.size)] ?? [];
    if (name === undefined || history === undefined) return;
    await this.#cell(`%resume ${name}`);
    this.#deleted.delete(name);
    this.#enter(name, history);
  }

  /** Tables and files go out and come back with every cell; variables do not. */
  async #exchange(name: string): Promise<void> {
    await this.#cell(`%export ${this.#active} ${name}.ipynb --with-data`);
    await this.#cell(`%import ${name}.ipynb`);
    const text = readFileSync(join(this.notebook.folder, `${name}.ipynb`), 'utf8');
    const { cells } = JSON.parse(text) as { cells: unknown[] };
    const state = { ...this.#history.state, values: null };
    let history = History.begin(state);
    for (let n = 1; n < cells.length; n++) history = history.with(-n, state);
    await this.#cell(`%switch ${name}`);
    this.#enter(name, history);
  }

  /** Another kernel goes on from here, and ends; nothing of it shows here until it is resumed. */
  async #beside(name: string, n: number, isKilled: boolean): Promise<void> {
    const head = await this.#ancestor(0);
    const other = await this.notebook.beside();
    await this.#cell(`%branch ${name} --from ${head}`, other);
    await this.#cell(`%%sql\n${INSERT(n)}`, other);
    const state = withRow(this.#history.state, n);
    expect(await this.#cell(LOOK, other)).toBe(seen(state));
    await this.#look();
    const history = this.#history;
    if (isKilled) {
      // What a kill takes along is the cell that runs.
      await this.#cell('%%sql select 1', other);
      other.process.signal('SIGKILL');
      await other.process.exited;
    } else await other.shutdown();
    await this.#go('resume', name);
    this.#enter(name, history.with(n, state));
  }

  /** A cell on a full disk may be kept or not; what was before it is, and so is what comes after. */
  async #full(n: number): Promise<void> {
    const before = this.#history.state;
    const ballast = join(this.notebook.home, '..', 'ballast');
    const head = await this.#ancestor(0);
    fillDisk(ballast);
    await this.#kernel.execute(`%%python\n${APPEND(n)}`);
    rmSync(ballast);
    const state = { ...before, values: [...(before.values ?? before.file), n] };
    if ((await this.#ancestor(0)) !== head) this.#history = this.#history.with(n, null);
    const found = await this.#cell(LOOK);
    expect([seen(before), seen(state)]).toContain(found);
    this.#history = this.#history.with(-n, found === seen(state) ? state : before);
  }

  /** All worldlines come back with the next kernel, each as it was, whatever the clock says by then. */
  async #kill(pick: number): Promise<void> {
    const before = this.#active;
    this.#kernel.process.signal('SIGKILL');
    await this.#kernel.process.exited;
    this.#kernel = await this.notebook.startAgain(CLOCKS[pick % CLOCKS.length]);
    for (const name of this.#lines.keys()) if (name !== before) await this.#go('resume', name);
    await this.#go('resume', before);
  }

  /** Looking is a cell as well, that changes nothing but variables which nobody asks for. */
  async #look(): Promise<void> {
    const { state } = this.#history;
    expect(await this.#cell(LOOK)).toBe(seen(state));
    this.#history = this.#history.with(-this.#next++, state);
  }

  async #cell(code: string, kernel = this.#kernel): Promise<string> {
    const cell = await kernel.execute(code);
    expect([code, cell.status, cell.status === 'ok' ? '' : shown(cell)]).toEqual([code, 'ok', '']);
    return cell.stdout;
  }
}
