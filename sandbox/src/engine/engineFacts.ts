import { hostname } from 'node:os';
import type Docker from 'dockerode';
import { SandboxUnavailableError } from '../errors.js';
import { answered } from './answered.js';
import { limitsKept, type LimitsInfo, type Warning } from './limitsKept.js';

/** What an engine is, as far as its containers depend on it. */
export interface EngineFacts {
  /** For a person: `Docker 28.2.2 on Debian GNU/Linux 12`. */
  readonly version: string;
  /** Who the code in a container is, as `user:group`. */
  readonly user: string;
  readonly podman: boolean;
  /** Whether a rootless Podman is to give the user the same number inside. */
  readonly keepId: boolean;
  readonly warning: Warning | null;
}

/** What Docker answers to `info`, and Podman as well. */
interface EngineInfo extends LimitsInfo {
  readonly SecurityOptions?: string[];
  /** Podman's word for it; Docker has it among its security options. */
  readonly Rootless?: boolean;
  readonly OperatingSystem?: string;
  readonly DefaultRuntime?: string;
  readonly Runtimes?: Readonly<Record<string, unknown>>;
}

/** Asks an engine what it is. Throws a SandboxUnavailableError where it lacks the wanted OCI runtime; null is its own. */
export async function engineFacts(docker: Docker, runtime: string | null): Promise<EngineFacts> {
  const info = (await answered(docker.info())) as EngineInfo;
  const version = await answered(docker.version());
  const { SecurityOptions, OperatingSystem, Rootless = false } = info;
  const components = (version as { Components?: { Name: string }[] }).Components ?? [];
  const podman = components.some(({ Name }) => Name.includes('Podman'));
  checkRuntime(runtime, podman, info);
  const rootless = Rootless || (SecurityOptions ?? []).some((option) => option.includes('rootless'));
  const uid = process.getuid?.() ?? 1000;
  const own = uid === 0 ? '1000:1000' : `${uid}:${process.getgid?.() ?? uid}`;
  const name = podman ? 'Podman' : 'Docker';
  return {
    version: `${name} ${version.Version} on ${OperatingSystem ?? hostname()}`,
    // In a rootless Docker, root inside is the user outside, and no one else can write to the workspace.
    user: rootless && !podman ? '0:0' : own,
    podman,
    keepId: rootless && podman,
    warning: limitsKept(info, name, rootless),
  };
}

/** Throws a SandboxUnavailableError where the engine does not have the wanted OCI runtime. */
function checkRuntime(wanted: string | null, podman: boolean, info: EngineInfo): void {
  if (wanted === null) return;
  const { DefaultRuntime = 'its own runtime', Runtimes = {} } = info;
  // Podman's interface has one runtime for all containers, and says nothing when it is asked for another.
  if (podman && wanted !== DefaultRuntime)
    throw new SandboxUnavailableError(
      `Podman runs containers by ${DefaultRuntime}, and not by ${wanted} as SANDBOX_RUNTIME says.`,
      `Start its service with \`podman --runtime ${wanted} system service\`, or unset SANDBOX_RUNTIME.`,
    );
  // A name with dots is that of a containerd shim, which needs no entry in the settings.
  if (!podman && !(wanted in Runtimes) && !wanted.includes('.'))
    throw new SandboxUnavailableError(
      `Docker does not know the runtime ${wanted}; it has ${Object.keys(Runtimes).sort().join(', ')}.`,
      'Name it in the settings of Docker, /etc/docker/daemon.json, and restart Docker, or unset SANDBOX_RUNTIME.',
    );
}
