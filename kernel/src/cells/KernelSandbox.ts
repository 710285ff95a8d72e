import { join } from 'node:path';
import type { PythonSession, SandboxManager, Settings as SandboxSettings } from '@worldline/sandbox';
import { messageOf } from '../messageOf.js';
import { log } from '../jupyter/log.js';
import type { Session } from '../worldlines/session/Session.js';
import type { WorldlinePlace } from '../worldlines/types.js';
import { UserError } from './errors.js';
import { imageFingerprint, runnerFolder } from './imageFingerprint.js';
import type { Paths } from './settings/paths.js';
import type { Settings } from './settings/settings.js';

/** What the sandbox asks of the kernel that it belongs to. */
export interface SandboxOwner {
  readonly id: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly paths: Paths;
  readonly settings: Settings;
  session(): Promise<Session>;
  /** What Python may read beside its workspace. */
  dataFolders(): string[];
  /** What stands in the way of Python is not what it was. */
  stateChanged(): void;
}

/** The containers of one kernel. Nothing of Docker is loaded before they are first needed. */
export class KernelSandbox {
  #manager: Promise<SandboxManager> | null = null;
  #problem: { what: string; fix: string } | null = null;

  constructor(private readonly owner: SandboxOwner) {}

  /** What stood in the way of Python when it was last asked for. */
  get problems(): readonly { what: string; fix: string }[] {
    return this.#problem === null ? [] : [this.#problem];
  }

  manager(): Promise<SandboxManager> {
    if (this.#manager === null) {
      const opened = this.#open();
      this.#manager = opened;
      // A limit that could not be read may be mended meanwhile.
      opened.catch(() => (this.#manager = null));
    }
    return this.#manager;
  }

  /** Starts a container ahead of need, so that the first Python cell finds it there. Without Docker it does nothing. */
  async warmUp(): Promise<void> {
    if (this.owner.environment['WORLDLINE_PREWARM'] === '0') return;
    const manager = await this.manager();
    manager.warm(this.owner.dataFolders());
  }

  /** Starts no spare container until the result is called: several are about to start. */
  async holdSpare(): Promise<() => void> {
    const manager = await this.#manager?.catch(() => null);
    return manager?.holdSpare() ?? (() => undefined);
  }

  /** The folder of a spare sandbox, where one is being kept; null before Python was used. */
  async spareWorkspace(): Promise<string | null> {
    try {
      const manager = await this.#manager;
      if (manager === null) return null;
      return (await manager.newWorkspace()).path;
    } catch (error) {
      log(`There is no workspace of a sandbox: ${messageOf(error)}`);
      return null;
    }
  }

  /** Takes back a folder that `spareWorkspace` gave, with what was started ahead for it. */
  async leaveWorkspace(path: string): Promise<void> {
    const manager = await this.manager();
    await manager.leave({ path });
  }

  /** Python of a worldline. Throws a UserError where the engine or its image is not there. */
  async openPython(place: WorldlinePlace): Promise<PythonSession> {
    const manager = await this.manager();
    const check = await manager.check();
    this.#problem = check.ok ? null : { what: check.problem, fix: check.fix };
    this.owner.stateChanged();
    if (!check.ok) throw new UserError('SandboxUnavailable', check.problem, check.fix);
    const dataFolders = this.owner.dataFolders();
    return manager.session({ path: place.workspace }, { dataFolders, name: place.name });
  }

  /** Takes on the limits as the settings say them now; where they cannot be read, the old ones stay. */
  limit(): void {
    const limited = this.#manager?.then(async (manager) => {
      manager.setLimits((await this.#settings()).limits);
    });
    limited?.catch((error: unknown) => {
      log(`The sandbox keeps its limits: ${messageOf(error)}`);
    });
  }

  /** Removes every container of this kernel. */
  async close(): Promise<void> {
    const manager = await this.#manager?.catch(() => null);
    await manager?.close();
  }

  async #open(): Promise<SandboxManager> {
    const [{ createSandboxManager }, { blobs }, fingerprint] = await Promise.all([
      import('@worldline/sandbox'),
      this.owner.session(),
      imageFingerprint(),
    ]);
    return createSandboxManager({
      kernel: this.owner.id,
      spaces: join(this.owner.paths.home, 'spaces'),
      store: blobs,
      settings: await this.#settings(),
      fingerprint,
      runnerFolder: runnerFolder(),
    });
  }

  async #settings(): Promise<SandboxSettings> {
    const { limitsFromEnvironment } = await import('@worldline/sandbox');
    return limitsFromEnvironment({
      ...this.owner.environment,
      ...this.owner.settings.variables('SANDBOX_'),
    });
  }
}
