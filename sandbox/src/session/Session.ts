import type { RunningContainer } from '../engine/Engine.js';
import type {
  BlobStore,
  DataFolder,
  ExecuteOptions,
  ExecuteResult,
  FrameNames,
  LostVariable,
  PythonExports,
  PythonSession,
  SandboxEvent,
  Variable,
  VariablesSnapshot,
  Workspace,
} from '../types.js';
import { unlessAborted } from '../unlessAborted.js';
import { bounded, WORK_PATIENCE } from './bounded.js';
import { failureOf, ignoredTimeout } from './describe.js';
import { type ContainerServices, ignore, isPythons, LiveContainer } from './LiveContainer.js';
import { Mutex } from './Mutex.js';
import { pythonExports } from './pythonExports.js';
import { parseCompleteness, parseFrames, parseInspection, parseMatches, parseVariables } from './replies.js';
import { runCell } from './runCell.js';
import { Variables } from './Variables.js';
import { WorkspaceFiles } from './WorkspaceFiles.js';

/** Bytes that one capture may add: variables can be larger than the memory where they are mapped from the store. */
const MEMORY_TIMES = 4;
const LEAST_CAPTURE = 1024 ** 3;
/** Milliseconds that a completion or the like may take, since it may run the user's code. */
const HELP_PATIENCE = 3000;

/** What a session needs of its manager. */
export interface SessionServices extends ContainerServices {
  readonly store: BlobStore;
  closed(session: Session): void;
}

/** One worldline's Python: what is asked of it, one at a time. */
export class Session implements PythonSession {
  lastUse = Date.now();
  #runs = false;
  #listed: Variable[] = [];
  /** Of a start ahead of need. */
  readonly #untold: SandboxEvent[] = [];
  #capturing: Promise<unknown> = Promise.resolve();
  readonly #turn = new Mutex();
  readonly #variables: Variables;
  readonly #files: WorkspaceFiles;
  readonly #container: LiveContainer;

  constructor(
    readonly workspace: Workspace,
    name: string,
    folders: readonly DataFolder[],
    private readonly services: SessionServices,
  ) {
    this.#files = new WorkspaceFiles(workspace.path);
    this.#variables = new Variables(workspace.path, services.store, () =>
      Math.max(MEMORY_TIMES * services.limits().memory, LEAST_CAPTURE),
    );
    this.#container = new LiveContainer(workspace, name, folders, services, this.#variables, this.#files);
  }

  get state(): PythonSession['state'] {
    const { state } = this.#container;
    return this.#runs && state === 'ready' ? 'running' : state;
  }

  get variablesChanged(): boolean {
    return this.#container.current !== null && this.#variables.changed;
  }

  start(): Promise<void> {
    return this.#turn.run(async () => {
      await this.#ready((event) => this.#untold.push(event));
    });
  }

  async execute(code: string, options: ExecuteOptions): Promise<ExecuteResult> {
    // An engine may take its time, and whoever waits for it can leave; what starts is there for the next cell.
    if (this.#container.current === null) await unlessAborted(this.start(), options.signal);
    return this.#turn.run(async () => {
      const container = await this.#ready(options.onEvent);
      for (const event of this.#untold.splice(0)) options.onEvent(event);
      const { changed } = this.#variables;
      this.#variables.touch();
      const started = Date.now();
      const clock = performance.now();
      this.#runs = true;
      const outcome = await runCell(container.runner, code, options, {
        workspace: this.workspace.path,
        limits: container.limits,
        held: this.#files.held,
        exports: pythonExports((header) => container.runner.call(header), this.workspace.path),
        removeContainer: () => void container.remove().catch(() => undefined),
      }).finally(() => (this.#runs = false));
      const ignored = ignoredTimeout(outcome);
      if (ignored !== null) options.onEvent({ type: 'notice', text: ignored, timedOut: true });
      const milliseconds = outcome.end.type === 'done' ? outcome.end.milliseconds : performance.now() - clock;
      const charts = outcome.end.type === 'done' ? outcome.end.charts : [];
      const artifacts = (await this.#files.artifacts(started, options.onEvent)).map((artifact) =>
        charts.includes(artifact.path) ? { ...artifact, shown: true } : artifact,
      );
      await this.#files.measureAgain(container.limits, outcome.stop?.why === 'space');
      if (outcome.end.type !== 'done') await this.#container.recover(container, options.onEvent);
      else if (outcome.end.unchanged || (outcome.end.shown && !changed)) this.#variables.unchanged();
      this.lastUse = Date.now();
      const failure = failureOf(outcome, container.limits, container.runtime);
      return failure === null
        ? { status: 'ok', milliseconds, artifacts }
        : { ...failure, milliseconds, artifacts };
    });
  }

  async complete(code: string, cursor: number): ReturnType<PythonSession['complete']> {
    return parseMatches((await this.#help({ type: 'complete', cursor }, code, true)) ?? {}, cursor);
  }

  async inspect(code: string, cursor: number, detail: 0 | 1): Promise<Record<string, unknown> | null> {
    return parseInspection((await this.#help({ type: 'inspect', cursor, detail }, code, true)) ?? {});
  }

  async isComplete(code: string): ReturnType<PythonSession['isComplete']> {
    return parseCompleteness((await this.#help({ type: 'is_complete' }, code)) ?? {});
  }

  async variables(): Promise<Variable[]> {
    await this.#capturing;
    const reply = await this.#help({ type: 'variables' }, '');
    if (reply !== null) this.#listed = parseVariables(reply['variables']);
    return this.#listed;
  }

  async frames(): Promise<FrameNames[]> {
    await this.#capturing;
    return parseFrames((await this.#help({ type: 'frames' }, '')) ?? {});
  }

  exportFrame(name: string, path: string): ReturnType<PythonSession['exportFrame']> {
    return this.#export((exports) => exports.exportFrame(name, path));
  }

  exportValues(names: readonly string[], path: string): ReturnType<PythonSession['exportValues']> {
    return this.#export((exports) => exports.exportValues(names, path));
  }

  #export<T>(take: (exports: PythonExports) => Promise<T>): Promise<T> {
    return this.#turn.run(async () => {
      const container = await this.#ready(ignore);
      return take(pythonExports((header) => this.#work(container, header), this.workspace.path));
    });
  }

  importFrame(name: string, path: string): Promise<void> {
    return this.#turn.run(async () => {
      const container = await this.#ready(ignore);
      this.#variables.touch();
      await this.#work(container, { type: 'import', name, path });
    });
  }

  snapshot(): ReturnType<PythonSession['snapshot']> {
    // A container that only starts has nothing that was not kept.
    if (this.#container.latest === null && !this.#variables.changed) return Promise.resolve(null);
    const capturing = this.#turn.run(async () => {
      const container = this.#container.current;
      if (container === null || !this.#variables.changed) return null;
      const capture = this.#variables.capture(container.runner);
      const captured = await this.#container.guarded(container, WORK_PATIENCE, capture);
      if (captured !== null) this.#listed = captured.variables;
      return captured;
    });
    this.#capturing = capturing.catch(() => undefined);
    return capturing;
  }

  restore(snapshot: VariablesSnapshot | null): Promise<{ lost: readonly LostVariable[] }> {
    return this.#turn.run(async () => {
      const container = this.#container.current;
      if (container === null) return { lost: await this.#variables.replace(null, snapshot) };
      return {
        lost: await bounded(container, WORK_PATIENCE, this.#variables.replace(container.runner, snapshot)),
      };
    });
  }

  setDataFolders(folders: readonly DataFolder[]): Promise<void> {
    return this.#turn.run(() => this.#container.setFolders(folders));
  }

  /** Gives the container back where nothing runs and nothing was run since `before`; the variables are kept. */
  async reap(before: number): Promise<void> {
    if (this.#turn.isBusy || this.#container.latest === null || this.lastUse > before) return;
    await this.#turn.run(() => this.#container.release('reaped'));
  }

  close(): Promise<void> {
    this.services.closed(this);
    return this.#container.close();
  }

  #ready(onEvent: (event: SandboxEvent) => void): Promise<RunningContainer> {
    this.lastUse = Date.now();
    return this.#container.ready(onEvent);
  }

  #work(
    container: RunningContainer,
    header: { type: string } & Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    return this.#container.guarded(container, WORK_PATIENCE, container.runner.call(header));
  }

  /**
   * Asks without waiting for a cell that runs; null where there is none to ask, or no answer in time. `starting`: a container is
   * started where there is none, as for the cell that is being written.
   */
  async #help(
    header: { type: string } & Record<string, unknown>,
    code: string,
    starting = false,
  ): Promise<Record<string, unknown> | null> {
    const isBusy = (): boolean => this.#turn.isBusy;
    if (isBusy()) return null;
    // What stands in its way, the cell tells.
    if (starting && this.#container.current === null)
      await unlessAborted(this.start(), AbortSignal.timeout(HELP_PATIENCE)).catch(() => undefined);
    if (isBusy() || this.#container.current === null) return null;
    return this.#turn.run(async () => {
      const container = this.#container.current;
      if (container === null) return null;
      try {
        const call = container.runner.call(header, Buffer.from(code));
        return await this.#container.guarded(container, HELP_PATIENCE, call);
      } catch (error) {
        if (isPythons(error)) return null;
        throw error;
      }
    });
  }
}
