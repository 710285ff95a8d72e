import type { RunningContainer } from '../engine/Engine.js';
import { PythonError, SandboxGoneError, WorkerDiedError } from '../errors.js';
import type {
  BlobStore,
  DataFolder,
  ExecuteOptions,
  ExecuteResult,
  Limits,
  LostVariable,
  PythonSession,
  SandboxEvent,
  Variable,
  VariablesSnapshot,
  Workspace,
} from '../types.js';
import { artifactsBetween, scan, type Scan } from '../workspace/scan.js';
import { measure } from '../workspace/measure.js';
import { bounded } from './bounded.js';
import { failureOf, ignoredTimeout } from './describe.js';
import { RECOVERED, REPLACED, tellLost } from './notices.js';
import { Mutex } from './Mutex.js';
import { parseMatches, parseVariables } from './replies.js';
import { runCell } from './runCell.js';
import { takeFrame } from './takeFrame.js';
import { unlessAborted } from '../unlessAborted.js';
import { Variables } from './Variables.js';

const MAX_ARTIFACTS = 200;
/** Bytes that one capture may add: variables can be larger than the memory where they are mapped from the store. */
const MEMORY_TIMES = 4;
const LEAST_CAPTURE = 1024 ** 3;
/** Milliseconds that a capture, a restore or a table's way in or out may take. */
const WORK_PATIENCE = 120_000;
/** Milliseconds that a completion or the like may take, since it may run the user's code. */
const HELP_PATIENCE = 3000;

/** What a session needs of its manager. */
export interface SessionServices {
  /** The same object as long as they do not change. */
  limits(): Limits;
  readonly store: BlobStore;
  start(workspace: string, name: string, folders: readonly DataFolder[]): Promise<RunningContainer>;
  closed(session: Session): void;
}

export class Session implements PythonSession {
  lastUse = Date.now();
  #state: PythonSession['state'] = 'none';
  #container: RunningContainer | null = null;
  #folders: readonly DataFolder[];
  #seen: Scan = { files: new Map(), partial: false };
  /** Bytes in the workspace before the next cell, where they may be too many. */
  #held = 0;
  #listed: Variable[] = [];
  #closed = false;
  #warned = false;
  /** Of a start ahead of need. */
  readonly #untold: SandboxEvent[] = [];
  #capturing: Promise<unknown> = Promise.resolve();
  readonly #turn = new Mutex();
  readonly #variables: Variables;

  constructor(
    readonly workspace: Workspace,
    readonly name: string,
    folders: readonly DataFolder[],
    private readonly services: SessionServices,
  ) {
    this.#folders = folders;
    this.#variables = new Variables(workspace.path, services.store, () =>
      Math.max(MEMORY_TIMES * services.limits().memory, LEAST_CAPTURE),
    );
  }

  get state(): PythonSession['state'] {
    return this.#state;
  }

  get variablesChanged(): boolean {
    return this.#isThere && this.#variables.changed;
  }

  get #isThere(): boolean {
    return this.#container?.runner.isClosed === false;
  }

  start(): Promise<void> {
    return this.#turn.run(async () => {
      await this.#ready((event) => this.#untold.push(event));
    });
  }

  async execute(code: string, options: ExecuteOptions): Promise<ExecuteResult> {
    // An engine may take its time, and whoever waits for it can leave; what starts is there for the next cell.
    if (!this.#isThere) await unlessAborted(this.start(), options.signal);
    return this.#turn.run(async () => {
      const container = await this.#ready(options.onEvent);
      for (const event of this.#untold.splice(0)) options.onEvent(event);
      this.#state = 'running';
      const { changed } = this.#variables;
      this.#variables.touch();
      const started = Date.now();
      const clock = performance.now();
      const outcome = await runCell(container.runner, code, options, {
        workspace: this.workspace.path,
        limits: container.limits,
        held: this.#held,
        exportFrame: (name, path) =>
          takeFrame((header) => container.runner.call(header), this.workspace.path, name, path),
        removeContainer: () => void container.remove().catch(() => undefined),
      });
      const ignored = ignoredTimeout(outcome);
      if (ignored !== null) options.onEvent({ type: 'notice', text: ignored, timedOut: true });
      const milliseconds = outcome.end.type === 'done' ? outcome.end.milliseconds : performance.now() - clock;
      this.#state = 'ready';
      const charts = outcome.end.type === 'done' ? outcome.end.charts : [];
      const artifacts = (await this.#artifacts(started, options.onEvent)).map((artifact) =>
        charts.includes(artifact.path) ? { ...artifact, shown: true } : artifact,
      );
      if (this.#held > container.limits.workspaceSize || outcome.stop?.why === 'space') await this.#measure();
      if (outcome.end.type !== 'done') await this.#recover(container, options.onEvent);
      else if (outcome.end.unchanged || (outcome.end.shown && !changed)) this.#variables.unchanged();
      this.lastUse = Date.now();
      const failure = failureOf(outcome, container.limits, container.runtime);
      return failure === null
        ? { status: 'ok', milliseconds, artifacts }
        : { ...failure, milliseconds, artifacts };
    });
  }

  async complete(code: string, cursor: number): ReturnType<PythonSession['complete']> {
    const nothing = { matches: [], start: cursor, end: cursor };
    const reply = await this.#help({ type: 'complete', cursor }, code);
    return reply === null ? nothing : parseMatches(reply, cursor);
  }

  async inspect(code: string, cursor: number, detail: 0 | 1): Promise<Record<string, unknown> | null> {
    const reply = await this.#help({ type: 'inspect', cursor, detail }, code);
    const data = reply?.['data'];
    return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : null;
  }

  async isComplete(code: string): ReturnType<PythonSession['isComplete']> {
    const reply = await this.#help({ type: 'is_complete' }, code);
    const { status, indent } = reply ?? {};
    if (status !== 'complete' && status !== 'incomplete' && status !== 'invalid')
      return { status: 'unknown', indent: '' };
    return { status, indent: typeof indent === 'string' ? indent : '' };
  }

  async variables(): Promise<Variable[]> {
    await this.#capturing;
    const reply = await this.#help({ type: 'variables' }, '');
    if (reply !== null) this.#listed = parseVariables(reply['variables']);
    return this.#listed;
  }

  exportFrame(name: string, path: string): Promise<{ fingerprint: string } | null> {
    return this.#turn.run(async () => {
      const container = await this.#ready(ignore);
      return takeFrame(
        (header) => this.#guarded(container, WORK_PATIENCE, container.runner.call(header)),
        this.workspace.path,
        name,
        path,
      );
    });
  }

  importFrame(name: string, path: string): Promise<void> {
    return this.#turn.run(async () => {
      const container = await this.#ready(ignore);
      this.#variables.touch();
      await this.#guarded(container, WORK_PATIENCE, container.runner.call({ type: 'import', name, path }));
    });
  }

  snapshot(): ReturnType<PythonSession['snapshot']> {
    // A container that only starts has nothing that was not kept.
    if (this.#container === null && !this.#variables.changed) return Promise.resolve(null);
    const capturing = this.#turn.run(async () => {
      const container = this.#container;
      if (container === null || !this.variablesChanged) return null;
      const captured = await this.#guarded(
        container,
        WORK_PATIENCE,
        this.#variables.capture(container.runner),
      );
      if (captured !== null) this.#listed = captured.variables;
      return captured;
    });
    this.#capturing = capturing.catch(() => undefined);
    return capturing;
  }

  restore(snapshot: VariablesSnapshot | null): Promise<{ lost: readonly LostVariable[] }> {
    return this.#turn.run(async () => {
      const container = this.#container?.runner.isClosed === false ? this.#container : null;
      if (container === null) return { lost: await this.#variables.replace(null, snapshot) };
      return {
        lost: await bounded(container, WORK_PATIENCE, this.#variables.replace(container.runner, snapshot)),
      };
    });
  }

  setDataFolders(folders: readonly DataFolder[]): Promise<void> {
    return this.#turn.run(async () => {
      if (sameFolders(folders, this.#folders)) return;
      this.#folders = [...folders];
      await this.#release('none');
    });
  }

  /** Gives the container back where nothing runs and nothing was run since `before`; the variables are kept. */
  async reap(before: number): Promise<void> {
    if (this.#turn.isBusy || this.#container === null || this.lastUse > before) return;
    await this.#turn.run(() => this.#release('reaped'));
  }

  close(): Promise<void> {
    this.#closed = true;
    const container = this.#container;
    this.#container = null;
    this.#state = 'none';
    this.services.closed(this);
    return container?.remove() ?? Promise.resolve();
  }

  async #release(state: 'none' | 'reaped'): Promise<void> {
    const container = this.#container;
    if (container === null) return;
    if (this.#variables.changed && !container.runner.isClosed)
      await bounded(
        container,
        WORK_PATIENCE,
        this.#variables.capture(container.runner).then((capture) => capture?.done),
      ).catch(() => undefined); // What could not be kept is told when the next cell finds it missing.
    await this.#variables.settled();
    this.#container = null;
    this.#state = state;
    await container.remove();
  }

  /** The container, started where there is none, with the variables in it. */
  async #ready(onEvent: (event: SandboxEvent) => void): Promise<RunningContainer> {
    this.lastUse = Date.now();
    if (this.#closed) throw closed();
    if (this.#container?.runner.takeUnseenDeath() === true) await this.#recover(this.#container, onEvent);
    if (this.#container !== null && !this.#container.runner.isClosed) {
      if (this.#container.limits === this.services.limits()) return this.#container;
      await this.#release('none');
    }
    const replaced = this.#container !== null;
    // It may live on, where somebody restarted it: nobody is connected to it any more.
    void this.#container?.remove().catch(() => undefined);
    this.#state = 'starting';
    try {
      this.#container = await this.#started();
    } catch (error) {
      this.#state = 'unavailable';
      throw error;
    }
    this.#state = 'ready';
    this.#warn(this.#container, onEvent);
    this.#seen = await scan(this.workspace.path);
    await this.#measure();
    const { lost, outdated } = await bounded(
      this.#container,
      WORK_PATIENCE,
      this.#variables.recover(this.#container.runner),
    );
    if (replaced || outdated) onEvent({ type: 'notice', text: REPLACED });
    tellLost(lost, onEvent);
    return this.#container;
  }

  /** Says once what the engine leaves undone. */
  #warn({ warning }: RunningContainer, onEvent: (event: SandboxEvent) => void): void {
    if (warning === null || this.#warned) return;
    this.#warned = true;
    onEvent({ type: 'notice', text: `${warning.problem} ${warning.fix}` });
  }

  /** A container; where the session was closed meanwhile, it goes again. */
  async #started(): Promise<RunningContainer> {
    const container = await this.services.start(this.workspace.path, this.name, this.#folders);
    if (!this.#closed) return container;
    await container.remove();
    throw closed();
  }

  /** After a death: the next worker gets the variables as they were kept last. */
  async #recover(container: RunningContainer, onEvent: (event: SandboxEvent) => void): Promise<void> {
    if (container.runner.isClosed) {
      this.#state = 'none';
      return;
    }
    try {
      const { lost } = await bounded(container, WORK_PATIENCE, this.#variables.recover(container.runner));
      onEvent({ type: 'notice', text: RECOVERED });
      tellLost(lost, onEvent);
    } catch (error) {
      if (!(
        error instanceof WorkerDiedError ||
        error instanceof SandboxGoneError ||
        error instanceof PythonError
      ))
        throw error;
      // A sandbox that cannot take its variables back is given up: the next cell gets a new one.
      await container.remove().catch(() => undefined);
    }
  }

  async #artifacts(
    started: number,
    onEvent: (event: SandboxEvent) => void,
  ): Promise<ReturnType<typeof artifactsBetween>> {
    const before = this.#seen;
    this.#seen = await scan(this.workspace.path);
    if (this.#seen.partial && !before.partial)
      onEvent({
        type: 'notice',
        text: 'The workspace has more files than are looked at: not all of the new ones are listed.',
      });
    return artifactsBetween(before, this.#seen, started, MAX_ARTIFACTS);
  }

  async #measure(): Promise<void> {
    this.#held = (await measure(this.workspace.path)).bytes;
  }

  /** Asks without waiting for a cell that runs; null where there is none to ask, or no answer in time. */
  async #help(
    header: { type: string } & Record<string, unknown>,
    code: string,
  ): Promise<Record<string, unknown> | null> {
    if (this.#turn.isBusy || this.#container === null || this.#container.runner.isClosed) return null;
    return this.#turn.run(async () => {
      const container = this.#container;
      if (container === null || container.runner.isClosed) return null;
      try {
        return await this.#guarded(
          container,
          HELP_PATIENCE,
          container.runner.call(header, Buffer.from(code)),
        );
      } catch (error) {
        if (
          error instanceof PythonError ||
          error instanceof WorkerDiedError ||
          error instanceof SandboxGoneError
        )
          return null;
        throw error;
      }
    });
  }

  /** A request that runs no cell; where its worker dies of it, the variables come back. */
  async #guarded<T>(container: RunningContainer, patience: number, work: Promise<T>): Promise<T> {
    try {
      return await bounded(container, patience, work);
    } catch (error) {
      if (error instanceof WorkerDiedError) await this.#recover(container, ignore);
      throw error;
    }
  }
}

function closed(): SandboxGoneError {
  return new SandboxGoneError('This sandbox was closed.');
}

function ignore(): void {
  // Nobody is there to be told.
}

/** The same folders, in any order. */
export function sameFolders(a: readonly DataFolder[], b: readonly DataFolder[]): boolean {
  return a.length === b.length && a.every((folder) => b.includes(folder));
}
