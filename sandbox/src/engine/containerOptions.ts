import { isAbsolute, join, normalize, sep } from 'node:path';
import type { ContainerCreateOptions, MountSettings } from 'dockerode';
import { SandboxOptionError } from '../errors.js';
import type { Settings } from '../limits.js';
import type { DataFolder } from '../types.js';
import type { Mask } from './hiddenEntries.js';

export interface ContainerPlan {
  readonly name: string;
  readonly workspace: string;
  readonly dataFolders: readonly DataFolder[];
  readonly masks: readonly Mask[];
  readonly blobs: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `uid:gid` that owns the workspace. */
  readonly user: string;
  readonly settings: Settings;
  readonly podman: boolean;
  /** For Podman without root: the user outside is the user inside. */
  readonly keepId: boolean;
  /** The folder of the runner, mounted where the image has none of its own. */
  readonly runner: string | null;
}

/** In a workspace: what the host gives to the code; inside, read-only. */
export const HIDDEN = '.worldline';
/** In the hidden folder: what the code gives to the host. */
export const OUT = 'out';

/**
 * Processes of the user on the whole machine; what a sandbox may have is PidsLimit's. Podman's own default can be more than
 * it may set itself, and then nothing starts.
 */
const PODMAN_NPROC = 8192;
/** Not at its own path: that may lie in a data folder that is closed to the sandbox's user. */
const BLOBS = '/opt/worldline/variables';
const RUNNER = '/opt/worldline/worldline_runner';
const SYSTEM = [
  '/proc',
  '/sys',
  '/dev',
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib64',
  '/etc',
  '/run',
  '/tmp',
  '/opt/python',
  '/opt/worldline',
];

/** The whole of what a sandbox may do, in Docker's words. Throws a SandboxOptionError for a folder that cannot be mounted. */
export function containerOptions(plan: ContainerPlan): ContainerCreateOptions {
  const { limits, runtime, image } = plan.settings;
  const threads = String(Math.max(1, Math.floor(limits.cpus)));
  const environment = {
    HOME: '/tmp/home',
    MPLCONFIGDIR: '/tmp/matplotlib',
    MPLBACKEND: 'module://matplotlib_inline.backend_inline',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
    OPENBLAS_NUM_THREADS: threads,
    OMP_NUM_THREADS: threads,
    MKL_NUM_THREADS: threads,
    NUMEXPR_NUM_THREADS: threads,
    WORLDLINE_BLOBS: BLOBS,
  };
  return {
    name: plan.name,
    Image: image,
    User: plan.user,
    WorkingDir: plan.workspace,
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    ...(plan.runner === null ? {} : { Entrypoint: ['python3', `${RUNNER}/supervisor.py`], Cmd: [] }),
    Labels: { ...plan.labels },
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    // The end of our connection is the end of its stdin: the supervisor leaves, and the container with it.
    StdinOnce: true,
    Tty: false,
    NetworkDisabled: true,
    HostConfig: {
      NetworkMode: 'none',
      AutoRemove: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      Privileged: false,
      IpcMode: 'private',
      Init: false,
      Memory: limits.memory,
      MemorySwap: limits.memory,
      NanoCpus: Math.round(limits.cpus * 1e9),
      PidsLimit: limits.pids,
      ShmSize: limits.tmpSize,
      Ulimits: [
        { Name: 'fsize', Soft: limits.workspaceSize, Hard: limits.workspaceSize },
        { Name: 'nofile', Soft: 4096, Hard: 4096 },
        { Name: 'core', Soft: 0, Hard: 0 },
        ...(plan.podman ? [{ Name: 'nproc', Soft: PODMAN_NPROC, Hard: PODMAN_NPROC }] : []),
      ],
      Tmpfs: { '/tmp': `rw,nosuid,nodev,size=${limits.tmpSize},mode=1777`, ...podmanMasks(plan) },
      Mounts: mounts(plan),
      LogConfig: { Type: 'none', Config: {} },
      ...(runtime === null ? {} : { Runtime: runtime }),
      ...(plan.keepId ? { UsernsMode: 'keep-id' } : {}),
    },
  };
}

/** Throws a SandboxOptionError where the container's own files would be hidden by the folder. */
export function checkDataFolder(folder: DataFolder): void {
  if (!isAbsolute(folder) || normalize(folder) !== folder)
    throw new SandboxOptionError(`The data folder ${folder} must be an absolute path without dots.`);
  if (folder === sep || SYSTEM.some((path) => path === folder || path.startsWith(folder + sep)))
    throw new SandboxOptionError(
      `${folder} cannot be a data folder: the sandbox has files of its own there. Grant a folder below it.`,
    );
}

function mounts(plan: ContainerPlan): MountSettings[] {
  const hidden = join(plan.workspace, HIDDEN);
  for (const folder of plan.dataFolders) checkDataFolder(folder);
  return [
    bind(plan.workspace, true),
    // Bound onto itself, a folder can be neither replaced by a link nor moved away from inside.
    bind(hidden, false),
    bind(join(hidden, OUT), true),
    bind(plan.blobs, false, BLOBS),
    ...plan.dataFolders.map((folder) => bind(folder, false)),
    ...plan.masks.filter(({ kind }) => kind === 'file' || !plan.podman).map(mask),
    ...(plan.runner === null ? [] : [bind(plan.runner, false, RUNNER)]),
  ];
}

/** A folder of this machine, at its own path unless another is given. */
export function bind(path: string, writable: boolean, target = path): MountSettings {
  return {
    Type: 'bind',
    Source: path,
    Target: target,
    ReadOnly: !writable,
    BindOptions: { Propagation: 'rprivate' },
  };
}

function mask({ path, kind }: Mask): MountSettings {
  return kind === 'folder'
    ? {
        Type: 'tmpfs',
        Target: path,
        Source: '',
        ReadOnly: true,
        TmpfsOptions: { SizeBytes: 4096, Mode: 0o555 },
      }
    : { Type: 'bind', Source: '/dev/null', Target: path, ReadOnly: true };
}

/** Podman fills a tmpfs with what it lies upon, unless it is told not to: only this way of mounting one can say so. */
function podmanMasks({ podman, masks }: ContainerPlan): Record<string, string> {
  const folders = podman ? masks.filter(({ kind }) => kind === 'folder') : [];
  return Object.fromEntries(folders.map(({ path }) => [path, 'ro,size=4096,mode=555,notmpcopyup']));
}
