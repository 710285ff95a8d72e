import type Docker from 'dockerode';
import { Runner } from '../channel/Runner.js';
import { BUILD, SandboxGoneError, SandboxUnavailableError } from '../errors.js';
import type { Settings } from '../limits.js';
import type { DataFolder, Limits } from '../types.js';
import { unlessAborted } from '../unlessAborted.js';
import { answered } from './answered.js';
import { addressOf, attach } from './attach.js';
import { bind, containerOptions } from './containerOptions.js';
import { type EngineFacts, engineFacts } from './engineFacts.js';
import { explain, isEnding, isStatus } from './explain.js';
import { hiddenEntries } from './hiddenEntries.js';
import type { Warning } from './limitsKept.js';
import { KERNEL_LABEL, ownerLabels } from './owner.js';
import { giveWorkspace, makeWorkspace } from './workspaceFolders.js';

/** A started container with its runner, ready for a first cell. */
export interface RunningContainer {
  readonly id: string;
  readonly runner: Runner;
  readonly limits: Limits;
  /** The OCI runtime that it was asked to have; null for the engine's own. */
  readonly runtime: string | null;
  /** What its engine does not do of what it was asked for. */
  readonly warning: Warning | null;
  rename(name: string): Promise<void>;
  /** Kills and removes it; resolves when the connection is over. */
  remove(): Promise<void>;
}

const FINGERPRINT = 'worldline.fingerprint';
/** Milliseconds that the engine may take to remove what it removes already. */
const REMOVAL_PATIENCE = 10_000;

interface StartOptions {
  readonly name: string;
  readonly dataFolders: readonly DataFolder[];
  readonly blobs: string;
  readonly limits: Limits;
}

/** A container on its way: its id once it was made. */
interface Starting {
  id: string | null;
  over: Promise<unknown>;
}

/** Docker or Podman, as far as sandboxes need it. */
export class Engine {
  #connected: Docker | null = null;
  #facts: Promise<EngineFacts> | null = null;
  #hasRunner: Promise<boolean> | null = null;
  #count = 0;
  readonly #closing = new AbortController();
  readonly #starting = new Set<Starting>();

  constructor(
    private readonly connect: () => Docker,
    private readonly settings: Settings,
    private readonly kernel: string,
    private readonly runnerFolder: string | null,
  ) {}

  get #docker(): Docker {
    this.#connected ??= this.connect();
    return this.#connected;
  }

  /** Is it there, and the image? Throws a SandboxUnavailableError. */
  async check(fingerprint: string | null): Promise<{ engine: string; warning: Warning | null }> {
    const { version, warning } = await this.#learn();
    const image = await this.#inspectImage().catch((error: unknown) => {
      throw this.#explain(error);
    });
    const built = labelsOf(image)[FINGERPRINT] ?? '';
    if (fingerprint !== null && built !== '' && built !== fingerprint)
      throw new SandboxUnavailableError(
        `The image ${this.settings.image} was built by another version.`,
        `Build it again: ${BUILD}. One of your own, FROM ours, after it.`,
      );
    return { engine: version, warning };
  }

  /**
   * Makes a container that has the folder, and does not start it: an engine of another machine may not have it. Throws a
   * SandboxUnavailableError.
   */
  async tryFolder(folder: string): Promise<void> {
    try {
      const { id } = await this.#docker.createContainer({
        name: `worldline_${this.kernel.slice(0, 8)}_${++this.#count}_check`,
        Image: this.settings.image,
        Cmd: ['python3'],
        Labels: ownerLabels(this.kernel),
        HostConfig: { Mounts: [bind(folder, false)] },
      });
      await this.#remove(id);
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** Throws a SandboxUnavailableError that says what to do. */
  async start(workspace: string, options: StartOptions): Promise<RunningContainer> {
    const starting: Starting = { id: null, over: Promise.resolve() };
    const started = this.#start(workspace, options, starting);
    starting.over = started.catch(() => undefined);
    this.#starting.add(starting);
    try {
      return await started;
    } catch (error) {
      throw this.#explain(error);
    } finally {
      this.#starting.delete(starting);
    }
  }

  /** Whether there may be containers of ours: one was asked for. */
  get hasStarted(): boolean {
    return this.#count > 0;
  }

  /** Removes what is only starting: nobody waits for a Python that nobody will use. Nothing starts any more. */
  async close(): Promise<void> {
    this.#closing.abort(closedWhileStarting());
    await Promise.all(
      [...this.#starting].map(async ({ id, over }) => {
        if (id !== null) await this.#remove(id);
        await over;
      }),
    );
  }

  /** Removes containers whose kernel is gone, by `isGone` of their labels. */
  async removeWhere(isGone: (labels: Readonly<Record<string, string>>) => boolean): Promise<string[]> {
    try {
      const found = await answered(
        this.#docker.listContainers({ all: true, filters: { label: [KERNEL_LABEL] } }),
      );
      const gone = found.filter((container) => isGone(container.Labels));
      await Promise.all(gone.map((container) => this.#remove(container.Id)));
      return gone.map((container) => (container.Names[0] ?? container.Id).replace(/^\//, ''));
    } catch (error) {
      throw this.#explain(error);
    }
  }

  async #start(workspace: string, options: StartOptions, starting: Starting): Promise<RunningContainer> {
    // One question after the other, by the same connection: over ssh each would be a login of its own.
    const asked = this.#learn().then(async (facts) => ({ facts, runner: await this.#runner() }));
    const looked = options.dataFolders.map((folder) => hiddenEntries(folder, [workspace, options.blobs]));
    const [{ facts, runner }, masks] = await unlessAborted(
      Promise.all([asked, Promise.all(looked)]),
      this.#closing.signal,
    );
    await makeWorkspace(workspace);
    await giveWorkspace(workspace, facts.user);
    const container = await this.#docker.createContainer(
      containerOptions({
        name: `worldline_${this.kernel.slice(0, 8)}_${++this.#count}_${slug(options.name)}`,
        workspace,
        dataFolders: options.dataFolders,
        masks: masks.flat(),
        blobs: options.blobs,
        labels: { ...ownerLabels(this.kernel), 'worldline.workspace': workspace },
        user: facts.user,
        settings: { ...this.settings, limits: options.limits },
        podman: facts.podman,
        keepId: facts.keepId,
        runner,
      }),
    );
    starting.id = container.id;
    try {
      this.#closing.signal.throwIfAborted();
      const runner = await this.#run(container);
      return {
        id: container.id,
        runner,
        limits: options.limits,
        runtime: this.settings.runtime,
        warning: facts.warning,
        rename: (name) =>
          container.rename({
            name: `worldline_${this.kernel.slice(0, 8)}_${++this.#count}_${slug(name)}`,
          }) as Promise<void>,
        remove: async () => {
          runner.end();
          await this.#remove(container.id);
        },
      };
    } catch (error) {
      await this.#remove(container.id);
      this.#closing.signal.throwIfAborted();
      throw error;
    }
  }

  /** Starts it, and gives its runner, which stands ready. */
  async #run(container: Docker.Container): Promise<Runner> {
    const runner = new Runner(await attach(this.#docker, container.id));
    try {
      await container.start();
      await runner.ready.catch((error: unknown) => {
        const last = runner.lastWords.split('\n').at(-1) ?? '';
        throw new SandboxUnavailableError(
          `Python did not start in the image ${this.settings.image}${last === '' ? '' : `: ${last}`}.`,
          this.#needs(),
          { cause: error },
        );
      });
      return runner;
    } catch (error) {
      // Of a container that never ran, the engine ends no connection.
      runner.end();
      throw error;
    }
  }

  async #remove(id: string): Promise<void> {
    const container = this.#docker.getContainer(id);
    try {
      await container.remove({ force: true, v: true });
    } catch (error) {
      if (isStatus(error, 409) || isEnding(error)) await removed(container);
      // Gone already: nothing of it is left to remove.
      else if (!isStatus(error, 404)) throw this.#explain(error);
    }
  }

  #inspectImage(): Promise<Docker.ImageInspectInfo> {
    return answered(this.#docker.getImage(this.settings.image).inspect());
  }

  #imageHasRunner(): Promise<boolean> {
    this.#hasRunner ??= this.#inspectImage().then((image) => (labelsOf(image)[FINGERPRINT] ?? '') !== '');
    this.#hasRunner.catch(() => {
      this.#hasRunner = null;
    });
    return this.#hasRunner;
  }

  /** What to mount into an image that has no runner of its own. */
  async #runner(): Promise<string | null> {
    if (await this.#imageHasRunner()) return null;
    if (this.runnerFolder !== null) return this.runnerFolder;
    throw new SandboxUnavailableError(`The image ${this.settings.image} has no runner.`, this.#needs());
  }

  #needs(): string {
    return `An image of your own is built FROM worldline-sandbox, or has Python 3.11 or later as python3, with IPython, pandas, matplotlib, pyarrow, cloudpickle and xxhash. Ours is made by ${BUILD}.`;
  }

  #explain(error: unknown): Error {
    return explain(error, this.settings, this.#connected === null ? '' : addressOf(this.#connected));
  }

  #learn(): Promise<EngineFacts> {
    this.#facts ??= this.#ask();
    this.#facts.catch(() => {
      this.#facts = null;
    });
    return this.#facts;
  }

  async #ask(): Promise<EngineFacts> {
    try {
      return await engineFacts(this.#docker, this.settings.runtime);
    } catch (error) {
      throw this.#explain(error);
    }
  }
}

/** Waits for a removal that is under way, as the engine's own of what has ended. Never rejects. */
async function removed(container: Docker.Container): Promise<void> {
  const abortSignal = AbortSignal.timeout(REMOVAL_PATIENCE);
  // It may be gone by now, or its engine; one that does not go is left to `removeWhere`.
  await container.wait({ condition: 'removed', abortSignal }).catch(() => undefined);
}

function closedWhileStarting(): SandboxGoneError {
  return new SandboxGoneError('This sandbox was closed while it started.');
}

/** Docker sends null for no labels, whatever its types say. */
function labelsOf({ Config }: { Config: { Labels: Record<string, string> | null } }): Record<string, string> {
  return Config.Labels ?? {};
}

function slug(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) || 'sandbox'
  );
}
