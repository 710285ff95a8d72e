import type { Engine, RunningContainer } from '../engine/Engine.js';
import { isOrphan, KERNEL_LABEL } from '../engine/owner.js';
import { emptyWorkspace, makeWorkspace, removeWorkspace } from '../engine/workspaceFolders.js';
import { SandboxOptionError, SandboxUnavailableError } from '../errors.js';
import type { Settings } from '../limits.js';
import { sameFolders } from '../session/LiveContainer.js';
import { Session } from '../session/Session.js';
import type { BlobStore, DataFolder, Limits, PythonSession, SandboxManager, Workspace } from '../types.js';
import { checkDataFolder } from '../engine/containerOptions.js';
import { Spaces } from './Spaces.js';

interface Spare {
  readonly workspace: string;
  readonly folders: readonly DataFolder[];
  readonly started: Promise<RunningContainer>;
}

export interface ManagerParts {
  readonly engine: Engine;
  readonly settings: Settings;
  readonly kernel: string;
  /** Where workspaces are made. */
  readonly spaces: string;
  readonly store: BlobStore;
  readonly fingerprint: string | null;
}

export class Manager implements SandboxManager {
  readonly #sessions = new Map<string, Session>();
  /** Containers that stand ready for the workspace that they were started with. */
  readonly #given = new Map<string, Spare>();
  #spare: Spare | null = null;
  #folders: readonly DataFolder[] = [];
  #closed = false;
  /** Who wants no spare to be started now, and whether one is due after that. */
  readonly #holding = new Set<symbol>();
  #spareDue = false;
  /** Containers that sessions are getting now. */
  #starts = 0;
  /** The look for what killed kernels left: once, when the engine has shown that it works. */
  #tidied: Promise<unknown> | null = null;
  readonly #reaper: NodeJS.Timeout;
  #limits: Limits;
  readonly #spaces: Spaces;

  constructor(private readonly parts: ManagerParts) {
    this.#spaces = new Spaces(parts.spaces, parts.kernel);
    this.#limits = parts.settings.limits;
    this.#reaper = setInterval(() => {
      void this.reap(Date.now() - parts.settings.idle);
    }, parts.settings.reaperInterval);
    this.#reaper.unref();
  }

  async newWorkspace(): Promise<Workspace> {
    const spare = this.#spare;
    const path = spare?.workspace ?? this.#spaces.freshPath();
    if (spare !== null) {
      // Even one that still starts is ahead of a container that has not begun to.
      this.#spare = null;
      this.#given.set(path, spare);
    }
    await this.#spaces.claim();
    // Whose it is to be, the engine is not asked here: SQL waits for it as well.
    await makeWorkspace(path);
    return { path };
  }

  async leave({ path }: Workspace): Promise<void> {
    const given = this.#given.get(path);
    this.#given.delete(path);
    if (given !== undefined) {
      const isEmpty = await emptyWorkspace(path).then(
        () => true,
        () => false,
      );
      if (isEmpty && this.#spare === null && !this.#closed) {
        this.#keep(given);
        return;
      }
      // What cannot be taken away now goes at the end.
      stop(given).catch(() => undefined);
    }
    await removeWorkspace(path);
  }

  session(
    workspace: Workspace,
    options: { dataFolders: readonly DataFolder[]; name: string },
  ): PythonSession {
    for (const folder of options.dataFolders) checkDataFolder(folder);
    const existing = this.#sessions.get(workspace.path);
    if (existing !== undefined) return existing;
    this.#folders = [...options.dataFolders];
    const session = new Session(workspace, options.name, options.dataFolders, {
      limits: () => this.#limits,
      store: this.parts.store,
      start: (path, name, folders) => this.#start(path, name, folders),
      closed: () => this.#sessions.delete(workspace.path),
    });
    this.#sessions.set(workspace.path, session);
    return session;
  }

  warm(dataFolders: readonly DataFolder[] = this.#folders): void {
    if (this.#closed || this.#spare !== null) return;
    const folders = [...dataFolders];
    this.#folders = folders;
    if (this.#holding.size > 0) {
      this.#spareDue = true;
      return;
    }
    this.#spareDue = false;
    const workspace = this.#spaces.freshPath();
    const started = this.#startContainer(workspace, 'spare', folders);
    this.#keep({ workspace, folders, started });
  }

  #keep(spare: Spare): void {
    this.#spare = spare;
    spare.started.catch(() => {
      // Whoever needs a container is told why there is none.
      if (this.#spare === spare) this.#spare = null;
    });
  }

  holdSpare(): () => void {
    const holder = Symbol();
    this.#holding.add(holder);
    return () => {
      this.#holding.delete(holder);
      if (this.#holding.size === 0 && this.#spareDue) this.warm();
    };
  }

  setLimits(limits: Limits): void {
    if (sameLimits(limits, this.#limits)) return;
    this.#limits = limits;
    const spare = this.#spare;
    if (spare === null) return;
    this.#spare = null;
    // What cannot be taken away now goes at the end, or with what killed kernels left.
    removeSpare(spare).catch(() => undefined);
    this.warm();
  }

  async spareReady(): Promise<void> {
    const container = await this.#spare?.started.catch(() => null);
    await container?.runner.warm;
  }

  async check({ folders = false } = {}): ReturnType<SandboxManager['check']> {
    const { engine, fingerprint } = this.parts;
    try {
      const found = await engine.check(fingerprint);
      if (folders) {
        await this.#spaces.claim();
        await engine.tryFolder(this.#spaces.path);
      }
      return { ok: true, ...found };
    } catch (error) {
      if (error instanceof SandboxUnavailableError)
        return { ok: false, problem: error.problem, fix: error.fix };
      throw error;
    }
  }

  async removeOrphans(): Promise<string[]> {
    const containers = await this.parts.engine.removeWhere(isOrphan);
    await this.#spaces.removeOrphans();
    return containers;
  }

  /** Gives back the containers of sessions that were not used since `before` (milliseconds since the epoch). */
  async reap(before: number): Promise<void> {
    await Promise.allSettled([...this.#sessions.values()].map((session) => session.reap(before)));
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#reaper);
    const spare = this.#spare;
    const given = [...this.#given.values()];
    this.#spare = null;
    this.#given.clear();
    await Promise.allSettled([
      this.parts.engine.close(),
      this.#tidied,
      ...[...this.#sessions.values()].map((session) => session.close()),
      ...given.map(stop),
      ...(spare === null ? [] : [removeSpare(spare)]),
    ]);
    // What was starting, or was left by an error: all that is ours goes.
    if (this.parts.engine.hasStarted) await this.#removeOwn();
    await this.#spaces.close();
  }

  async #removeOwn(): Promise<void> {
    try {
      await this.parts.engine.removeWhere((labels) => labels[KERNEL_LABEL] === this.parts.kernel);
    } catch (error) {
      if (!(error instanceof SandboxUnavailableError)) throw error;
    }
  }

  async #start(workspace: string, name: string, folders: readonly DataFolder[]): Promise<RunningContainer> {
    const spare = this.#given.get(workspace);
    this.#given.delete(workspace);
    this.#starts += 1;
    try {
      const container = spare === undefined ? null : await this.#adopt(spare, name, folders);
      return container ?? (await this.#startContainer(workspace, name, folders));
    } finally {
      this.#starts -= 1;
      // The next spare comes after the containers that somebody waits for.
      if (this.#starts === 0) this.warm(folders);
    }
  }

  /** The spare's container where it can be used as it is; else it goes. */
  async #adopt(spare: Spare, name: string, folders: readonly DataFolder[]): Promise<RunningContainer | null> {
    const container = await spare.started.catch(() => null);
    if (container === null || container.runner.isClosed) return null;
    if (sameFolders(spare.folders, folders) && container.limits === this.#limits) {
      container.rename(name).catch(() => undefined);
      return container;
    }
    await container.remove();
    return null;
  }

  async #startContainer(
    workspace: string,
    name: string,
    folders: readonly DataFolder[],
  ): Promise<RunningContainer> {
    if (this.#closed) throw new SandboxOptionError('The sandbox manager was closed.');
    const [blobs, limits] = [this.parts.store.folder, this.#limits];
    await this.#spaces.claim();
    const container = await this.parts.engine.start(workspace, { name, dataFolders: folders, blobs, limits });
    // Nobody waits for it; what it cannot remove now, `removeOrphans` tells about when it is asked for.
    this.#tidied ??= this.removeOrphans().catch(() => undefined);
    return container;
  }
}

/** Takes a container away that nobody got, and its workspace, whether or not it ever started. */
async function removeSpare(spare: Spare): Promise<void> {
  await stop(spare);
  await removeWorkspace(spare.workspace);
}

/** Takes a container away that was started ahead, whether or not it ever started. */
async function stop({ started }: Spare): Promise<void> {
  const container = await started.catch(() => null);
  await container?.remove();
}

function sameLimits(a: Limits, b: Limits): boolean {
  return Object.entries(a).every(([name, value]) => b[name as keyof Limits] === value);
}
