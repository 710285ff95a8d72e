import { randomUUID } from 'node:crypto';
import type Docker from 'dockerode';
import { connect } from './engine/connect.js';
import { Engine } from './engine/Engine.js';
import { limitsFromEnvironment, type Settings } from './limits.js';
import { Manager } from './manager/Manager.js';
import type { BlobStore, SandboxManager } from './types.js';

export interface SandboxOptions {
  /** Folder in which workspaces are made. The engine must see it under this path. */
  readonly spaces: string;
  readonly store: BlobStore;
  /** Names the owner in labels; a random one by default. */
  readonly kernel?: string;
  /** From `limitsFromEnvironment(process.env)` by default. */
  readonly settings?: Settings;
  /** The engine; found by `DOCKER_HOST`, contexts and the usual sockets by default. */
  readonly docker?: Docker;
  /** What the label `worldline.fingerprint` of an up-to-date image says; null does not look. */
  readonly fingerprint?: string | null;
  /** The runner's folder on this machine, mounted into an image that has none of its own. */
  readonly runnerFolder?: string | null;
}

/** Sandboxes for Python on Docker or Podman. Nothing is started before it is needed, or `warm()` is called. */
export function createSandboxManager(options: SandboxOptions): SandboxManager {
  const settings = options.settings ?? limitsFromEnvironment(process.env);
  const kernel = options.kernel ?? randomUUID();
  const { docker } = options;
  return new Manager({
    engine: new Engine(() => docker ?? connect(process.env), settings, kernel, options.runnerFolder ?? null),
    settings,
    kernel,
    spaces: options.spaces,
    store: options.store,
    fingerprint: options.fingerprint ?? null,
  });
}

export {
  FileTooLargeError,
  ProtocolError,
  PythonError,
  SandboxGoneError,
  SandboxOptionError,
  SandboxUnavailableError,
  UnsafePathError,
  UnsavedVariablesError,
  WorkerDiedError,
} from './errors.js';
export { limitsFromEnvironment, type Settings } from './limits.js';
export * from './snapshots/index.js';
export type * from './types.js';
export { listArtifacts, type ListedArtifact } from './workspace/listArtifacts.js';
export { kindOf } from './workspace/kinds.js';
export { openArtifact, readArtifact } from './workspace/readArtifact.js';
