import { randomUUID } from 'node:crypto';
import type { KernelEvent, KernelState, RunningCell, RunningOutputs } from '../contract.js';
import { openDatabase } from '../database/openDatabase.js';
import type { Catalog, Readable } from '../database/types.js';
import { log } from '../jupyter/log.js';
import { OneByOne } from '../OneByOne.js';
import { Session } from '../worldlines/session/Session.js';
import type { WorldlinePlace } from '../worldlines/types.js';
import { completeFiles } from './completion/files.js';
import type { Match } from './completion/sql.js';
import { Grants } from './Grants.js';
import { createHost } from './host.js';
import { KernelSandbox } from './KernelSandbox.js';
import { Ledger } from './ask/Ledger.js';
import type { LiveRun } from './ask/LiveRun.js';
import { Looks } from './ask/Looks.js';
import { existingFolder, wholePath } from './existing.js';
import { findPaths, type Paths } from './settings/paths.js';
import { Runtime } from './Runtime.js';
import { Settings } from './settings/settings.js';
import { storeLimits } from './settings/storeLimits.js';

/** What the front end is told beside the session's own events. */
export type Listener = (event: KernelEvent) => void;

/** The state of one kernel process: its settings, its notebook's session, and the parts that run. */
export class Kernel {
  readonly id = randomUUID();
  readonly paths: Paths;
  readonly settings: Settings;
  readonly usage = new Ledger();
  readonly runs: LiveRun[] = [];
  readonly looks = new Looks();
  readonly grants: Grants;
  readonly sandbox = new KernelSandbox(this);
  readonly #runtimes = new Map<string, Runtime>();
  readonly #listeners = new Set<Listener>();
  readonly #onState = new Set<() => void>();
  #session: Promise<Session> | null = null;
  readonly #turns = new OneByOne();
  #busy = false;
  #running: RunningCell | null = null;
  #lastActive: Runtime | null = null;

  constructor(
    readonly environment: NodeJS.ProcessEnv,
    cwd: string,
  ) {
    this.paths = findPaths(environment, cwd);
    this.settings = new Settings(environment, this.paths.configFile);
    this.grants = new Grants(this.paths.notebookFolder);
  }

  /**
   * The notebook's worldlines, opened by the first call. Where they cannot be opened, the next call tries again: the person
   * may have mended the store's folder.
   */
  session(): Promise<Session> {
    this.#session ??= this.#openSession().catch((error: unknown) => {
      this.#session = null;
      throw error;
    });
    return this.#session;
  }

  /** The parts of the worldline in which the next cell runs. */
  async active(): Promise<Runtime> {
    const session = await this.session();
    this.#lastActive = await this.runtime(session.activeWorldline);
    return this.#lastActive;
  }

  /** The parts of an open worldline, its files put in place. */
  async runtime(worldline: string): Promise<Runtime> {
    const { place } = await (await this.session()).open(worldline);
    return this.opened(place);
  }

  /** The parts of a worldline where they are there already. */
  ifOpened(worldline: string): Runtime | undefined {
    return this.#runtimes.get(worldline);
  }

  /** The one runtime of a place: the session opens places, cells run in runtimes. */
  opened(place: WorldlinePlace): Runtime {
    const known = this.#runtimes.get(place.id);
    if (known) return known;
    const runtime = new Runtime(place, {
      openDatabase: (at) => this.#openDatabase(at),
      openPython: (at) => this.sandbox.openPython(at),
      readable: () => this.readable(),
      beside: () => this.grants.beside,
      variablesRestored: () => {
        this.dataChanged();
      },
      closed: () => {
        this.#runtimes.delete(place.id);
      },
    });
    this.#runtimes.set(place.id, runtime);
    return runtime;
  }

  readable(): Readable {
    return this.grants.readable;
  }

  /** What Python may read beside its workspace. */
  dataFolders(): string[] {
    const { folders, files } = this.readable();
    return [...folders, ...files];
  }

  /** Grants or takes back what a person names, from the notebook's folder on, and tells what runs. */
  async allow(named: string, revoke: boolean): Promise<void> {
    const from = this.paths.notebookFolder;
    await this.grants.allow(revoke ? wholePath(named, from) : await existingFolder(named, from), revoke);
    await this.#readableChanged();
  }

  /** A file that the user names in a cell of their own is readable from then on. */
  async grantNamedIn(text: string): Promise<void> {
    if (await this.grants.grantNamedIn(text)) await this.#readableChanged();
  }

  /** Grants files that the user named in a cell of their own. */
  async grantFiles(files: readonly string[]): Promise<void> {
    if (this.grants.grantFiles(files)) await this.#readableChanged();
  }

  /** What SQL can name: tables, and the DataFrames of Python where it has run. */
  async catalog(): Promise<Catalog> {
    const runtime = await this.active();
    const [catalog, frames] = await Promise.all([runtime.database.catalog(), runtime.pythonFrames()]);
    const now = new Map(frames.map(({ name, columns }) => [name, columns]));
    // What SQL knows of a frame that it has read before may be old.
    const tables = catalog.tables.filter(({ name }) => !(now.has(name) && runtime.isFrame(name)));
    const known = new Set(tables.map(({ name }) => name));
    const more = [...now].flatMap(([name, names]) => {
      const columns = names.map((column) => ({ name: column, type: '' }));
      return known.has(name) ? [] : { name, kind: 'view' as const, columns };
    });
    return { ...catalog, tables: [...tables, ...more] };
  }

  async worldlineNames(): Promise<string[]> {
    const session = await this.session();
    const { worldlines } = await session.graph(0, 0);
    return worldlines.filter((line) => !line.deleted).map((line) => line.name);
  }

  /** Files whose path begins so and that SQL and Python can read, or could once a cell names them. */
  async completeReadable(prefix: string): Promise<Match[]> {
    const { workspace } = await this.active();
    return completeFiles(prefix, [workspace, ...this.readable().folders, this.paths.notebookFolder]);
  }

  /** The agent run of a cell, or the last one. */
  findRun(cell: string | undefined): LiveRun | undefined {
    return cell === undefined ? this.runs.at(-1) : this.runs.findLast((run) => String(run.cell) === cell);
  }

  /** The state of the active worldline's Python, as far as it is open; or that none could be opened. */
  get sandboxState(): KernelState['sandbox'] {
    const state = this.#lastActive?.pythonState ?? 'none';
    return state === 'none' && this.sandbox.problems.length > 0 ? 'unavailable' : state;
  }

  /** Runs a cell, once no move of a worldline is under way; rejects where the signal aborts before. */
  async asCell<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#turns.next(async () => {
      this.#setBusy(true);
      try {
        return await act();
      } finally {
        this.#setBusy(false);
      }
    }, signal);
  }

  /** Runs something that moves a worldline while no cell runs; the next one waits for it. */
  async betweenCells<T>(act: () => Promise<T>): Promise<T> {
    return this.#turns.next(act);
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** What the cell that runs has shown so far. */
  outputs: (() => RunningOutputs) | null = null;

  /** The cell that runs and will be a checkpoint. */
  get running(): RunningCell | null {
    return this.#running;
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Front ends that follow what happens over the comm. */
  get frontEnds(): number {
    return this.#listeners.size;
  }

  emit(event: KernelEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Tables, variables or files are not what they were. */
  dataChanged(): void {
    this.emit({ kind: 'data' });
  }

  /** What a cell without a magic is. */
  get defaultKind(): string {
    return this.settings.get('default') ?? 'ask';
  }

  /** What runs takes on the settings as they are now. */
  settingsChanged(): void {
    this.sandbox.limit();
    this.stateChanged();
  }

  /** Settings, sandbox or usage are not what they were. The comm asks for what they are. */
  stateChanged(): void {
    for (const listener of this.#onState) listener();
  }

  onState(listener: () => void): () => void {
    this.#onState.add(listener);
    return () => this.#onState.delete(listener);
  }

  /** Saves what is under way and removes every process and container of ours. */
  async close(): Promise<void> {
    const session = await this.#session?.catch(() => null);
    try {
      const cleaned = await session?.close(storeLimits(this.settings));
      if (cleaned && cleaned.worldlines.length > 0)
        log(
          `Cleaned up, as keep-size and keep-days say: the store had ${cleaned.before.total} bytes and has ${cleaned.after.total}.`,
        );
    } finally {
      await this.sandbox.close();
    }
  }

  async #openSession(): Promise<Session> {
    await this.settings.load();
    const { notebook, notebookFolder, home } = this.paths;
    const session = await Session.open({
      home,
      notebook: { path: notebook ?? notebookFolder, client: notebook === null ? 'console' : 'notebook' },
      host: createHost(this),
    });
    session.subscribe((event) => {
      if (event.kind === 'cell-began') {
        const { worldline, cellId, title } = event;
        this.#running = { worldline, cellId, title };
      }
      this.emit(event);
    });
    return session;
  }

  #setBusy(busy: boolean): void {
    this.#busy = busy;
    if (!busy) this.#running = null;
    this.stateChanged();
  }

  #openDatabase(place: WorldlinePlace): ReturnType<typeof openDatabase> {
    return openDatabase({
      file: place.databaseFile,
      workspace: place.workspace,
      readable: this.readable(),
    });
  }

  async #readableChanged(): Promise<void> {
    await Promise.all([...this.#runtimes.values()].map((runtime) => runtime.readableChanged()));
    this.dataChanged();
  }
}
