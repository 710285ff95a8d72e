import type { RunningContainer } from '../engine/Engine.js';
import { PythonError, SandboxGoneError, WorkerDiedError } from '../errors.js';
import type { DataFolder, Limits, PythonSession, SandboxEvent, Workspace } from '../types.js';
import { bounded, WORK_PATIENCE } from './bounded.js';
import { RECOVERED, REPLACED, tellLost } from './notices.js';
import type { Variables } from './Variables.js';
import type { WorkspaceFiles } from './WorkspaceFiles.js';

/** What a session needs of its manager to have a container. */
export interface ContainerServices {
  /** The same object as long as they do not change. */
  limits(): Limits;
  start(workspace: string, name: string, folders: readonly DataFolder[]): Promise<RunningContainer>;
}

/** The container of one session: started where there is none, with the variables in it, and replaced where it went. */
export class LiveContainer {
  #state: PythonSession['state'] = 'none';
  #container: RunningContainer | null = null;
  #folders: readonly DataFolder[];
  #closed = false;
  #warned = false;

  constructor(
    private readonly workspace: Workspace,
    private readonly name: string,
    folders: readonly DataFolder[],
    private readonly services: ContainerServices,
    private readonly variables: Variables,
    private readonly files: WorkspaceFiles,
  ) {
    this.#folders = folders;
  }

  get state(): PythonSession['state'] {
    return this.#state;
  }

  /** The last one that was started, whether or not it is still there. */
  get latest(): RunningContainer | null {
    return this.#container;
  }

  /** The one that is there, and connected. */
  get current(): RunningContainer | null {
    return this.#container?.runner.isClosed === false ? this.#container : null;
  }

  /** The container, started where there is none, with the variables in it. */
  async ready(onEvent: (event: SandboxEvent) => void): Promise<RunningContainer> {
    if (this.#closed) throw closed();
    if (this.#container?.runner.takeUnseenDeath() === true) await this.recover(this.#container, onEvent);
    if (this.current !== null) {
      if (this.current.limits === this.services.limits()) return this.current;
      await this.release('none');
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
    await this.files.look();
    const { lost, outdated } = await bounded(
      this.#container,
      WORK_PATIENCE,
      this.variables.recover(this.#container.runner),
    );
    if (replaced || outdated) onEvent({ type: 'notice', text: REPLACED });
    tellLost(lost, onEvent);
    return this.#container;
  }

  /** After a death: the next worker gets the variables as they were kept last. */
  async recover(container: RunningContainer, onEvent: (event: SandboxEvent) => void): Promise<void> {
    if (container.runner.isClosed) {
      this.#state = 'none';
      return;
    }
    try {
      const { lost } = await bounded(container, WORK_PATIENCE, this.variables.recover(container.runner));
      onEvent({ type: 'notice', text: RECOVERED });
      tellLost(lost, onEvent);
    } catch (error) {
      if (!isPythons(error)) throw error;
      // A sandbox that cannot take its variables back is given up: the next cell gets a new one.
      await container.remove().catch(() => undefined);
    }
  }

  /** A request that runs no cell; where its worker dies of it, the variables come back. */
  async guarded<T>(container: RunningContainer, patience: number, work: Promise<T>): Promise<T> {
    try {
      return await bounded(container, patience, work);
    } catch (error) {
      if (error instanceof WorkerDiedError) await this.recover(container, ignore);
      throw error;
    }
  }

  async setFolders(folders: readonly DataFolder[]): Promise<void> {
    if (sameFolders(folders, this.#folders)) return;
    this.#folders = [...folders];
    await this.release('none');
  }

  /** Gives the container back; the variables are kept. */
  async release(state: 'none' | 'reaped'): Promise<void> {
    const container = this.#container;
    if (container === null) return;
    if (this.variables.changed && !container.runner.isClosed)
      await bounded(
        container,
        WORK_PATIENCE,
        this.variables.capture(container.runner).then((capture) => capture?.done),
      ).catch(() => undefined); // What could not be kept is told when the next cell finds it missing.
    await this.variables.settled();
    this.#container = null;
    this.#state = state;
    await container.remove();
  }

  close(): Promise<void> {
    this.#closed = true;
    const container = this.#container;
    this.#container = null;
    this.#state = 'none';
    return container?.remove() ?? Promise.resolve();
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
}

/** Of what runs in the container, or that it went: nothing of ours is broken. */
export function isPythons(error: unknown): boolean {
  return (
    error instanceof PythonError || error instanceof WorkerDiedError || error instanceof SandboxGoneError
  );
}

/** The same folders, in any order. */
export function sameFolders(a: readonly DataFolder[], b: readonly DataFolder[]): boolean {
  return a.length === b.length && a.every((folder) => b.includes(folder));
}

/** For what nobody is there to be told. */
export function ignore(): void {
  return undefined;
}

function closed(): SandboxGoneError {
  return new SandboxGoneError('This sandbox was closed.');
}
