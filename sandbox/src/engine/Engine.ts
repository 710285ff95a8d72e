import { chown, lchown, mkdir, readdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { Runner } from '../channel/Runner.js';
import { SandboxGoneError, SandboxUnavailableError } from '../errors.js';
import type { Settings } from '../limits.js';
import type { DataFolder, Limits } from '../types.js';
import { containerOptions, workspaceFolders } from './containerOptions.js';
import { explain, isStatus } from './explain.js';
import { hiddenEntries } from './hiddenEntries.js';
import { KERNEL_LABEL, ownerLabels } from './owner.js';

/** A started container with its runner, ready for a first cell. */
export interface RunningContainer {
  readonly id: string;
  readonly runner: Runner;
  readonly limits: Limits;
  rename(name: string): Promise<void>;
  /** Kills and removes it; resolves when the connection is over. */
  remove(): Promise<void>;
}

interface EngineFacts {
  readonly version: string;
  readonly user: string;
  readonly keepId: boolean;
}

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
  #facts: Promise<EngineFacts> | null = null;
  #hasRunner: Promise<boolean> | null = null;
  #count = 0;
  #closed = false;
  readonly #starting = new Set<Starting>();

  constructor(
    private readonly docker: Docker,
    private readonly settings: Settings,
    private readonly kernel: string,
    private readonly runnerFolder: string | null,
  ) {}

  /** Is it there, and the image? Throws a SandboxUnavailableError. */
  async check(fingerprint: string | null): Promise<string> {
    const { version } = await this.#learn();
    const image = await this.docker
      .getImage(this.settings.image)
      .inspect()
      .catch((error: unknown) => {
        throw explain(error, this.settings);
      });
    const built = labelsOf(image)['worldline.fingerprint'] ?? '';
    if (fingerprint !== null && built !== '' && built !== fingerprint)
      throw new SandboxUnavailableError(
        `The image ${this.settings.image} was built by another version.`,
        'Build it again: node install.mjs',
      );
    return version;
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
      throw explain(error, this.settings);
    } finally {
      this.#starting.delete(starting);
    }
  }

  /** Removes what is only starting: nobody waits for a Python that nobody will use. Nothing starts any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(
      [...this.#starting].map(async ({ id, over }) => {
        if (id !== null) await this.#remove(id);
        await over;
      }),
    );
  }

  async prepareWorkspace(workspace: string): Promise<void> {
    const { user } = await this.#learn();
    const [uid, gid] = user.split(':').map(Number);
    const folders = workspaceFolders(workspace);
    for (const folder of folders) await mkdir(folder, { recursive: true, mode: 0o755 });
    if (process.getuid?.() !== 0 || uid === undefined || gid === undefined || uid === 0) return;
    if ((await stat(workspace)).uid !== uid) await giveTree(workspace, uid, gid);
    for (const folder of [folders[1], folders[3]]) if (folder !== undefined) await chown(folder, uid, gid);
  }

  /** Removes containers whose kernel is gone, by `isGone` of their labels. */
  async removeWhere(isGone: (labels: Readonly<Record<string, string>>) => boolean): Promise<string[]> {
    try {
      const found = await this.docker.listContainers({ all: true, filters: { label: [KERNEL_LABEL] } });
      const gone = found.filter((container) => isGone(container.Labels));
      await Promise.all(gone.map((container) => this.#remove(container.Id)));
      return gone.map((container) => (container.Names[0] ?? container.Id).replace(/^\//, ''));
    } catch (error) {
      throw explain(error, this.settings);
    }
  }

  async #start(workspace: string, options: StartOptions, starting: Starting): Promise<RunningContainer> {
    const facts = await this.#learn();
    await this.prepareWorkspace(workspace);
    const masks = (
      await Promise.all(
        options.dataFolders.map((folder) => hiddenEntries(folder, [workspace, options.blobs])),
      )
    ).flat();
    const container = await this.docker.createContainer(
      containerOptions({
        name: `worldline_${this.kernel.slice(0, 8)}_${++this.#count}_${slug(options.name)}`,
        workspace,
        dataFolders: options.dataFolders,
        masks,
        blobs: options.blobs,
        labels: { ...ownerLabels(this.kernel), 'worldline.workspace': workspace },
        user: facts.user,
        settings: { ...this.settings, limits: options.limits },
        keepId: facts.keepId,
        runner: (await this.#imageHasRunner()) ? null : this.runnerFolder,
      }),
    );
    starting.id = container.id;
    try {
      if (this.#closed) throw closedWhileStarting();
      const stream = (await container.attach({
        stream: true,
        stdin: true,
        stdout: true,
        stderr: true,
        hijack: true,
      })) as unknown as Duplex;
      const runner = new Runner(stream);
      await container.start();
      await runner.ready.catch((error: unknown) => {
        throw new SandboxUnavailableError(
          `The sandbox did not start${runner.lastWords === '' ? '' : `: ${runner.lastWords}`}.`,
          'Does the image have the runner? node install.mjs builds it.',
          { cause: error },
        );
      });
      return {
        id: container.id,
        runner,
        limits: options.limits,
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
      throw this.#closed ? closedWhileStarting() : error;
    }
  }

  async #remove(id: string): Promise<void> {
    try {
      await this.docker.getContainer(id).remove({ force: true, v: true });
    } catch (error) {
      // Gone already, on its way, or its engine is: nothing of it is left to remove.
      if (!isStatus(error, 404, 409)) throw explain(error, this.settings);
    }
  }

  #imageHasRunner(): Promise<boolean> {
    if (this.runnerFolder === null) return Promise.resolve(true);
    this.#hasRunner ??= this.docker
      .getImage(this.settings.image)
      .inspect()
      .then((image) => labelsOf(image)['worldline.fingerprint'] !== undefined);
    this.#hasRunner.catch(() => {
      this.#hasRunner = null;
    });
    return this.#hasRunner;
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
      const info = (await this.docker.info()) as { SecurityOptions?: string[]; OperatingSystem?: string };
      const version = await this.docker.version();
      const { SecurityOptions, OperatingSystem } = info;
      const components = (version as { Components?: { Name: string }[] }).Components ?? [];
      const podman = components.some(({ Name }) => Name.includes('Podman'));
      const rootless = (SecurityOptions ?? []).some((option) => option.includes('rootless'));
      const uid = process.getuid?.() ?? 1000;
      const own = uid === 0 ? '1000:1000' : `${uid}:${process.getgid?.() ?? uid}`;
      return {
        version: `${podman ? 'Podman' : 'Docker'} ${version.Version} on ${OperatingSystem ?? hostname()}`,
        // In a rootless Docker, root inside is the user outside, and no one else can write to the workspace.
        user: rootless && !podman ? '0:0' : own,
        keepId: rootless && podman,
      };
    } catch (error) {
      throw explain(error, this.settings);
    }
  }
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

/** Gives all that a workspace holds to the user of its container; called before anything runs in it. */
async function giveTree(workspace: string, uid: number, gid: number): Promise<void> {
  for (const entry of await readdir(workspace, { recursive: true, withFileTypes: true })) {
    await lchown(join(entry.parentPath, entry.name), uid, gid);
  }
}
