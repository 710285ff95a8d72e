/** What an engine says of itself, as far as it tells which limits it keeps. */
export interface LimitsInfo {
  readonly CgroupVersion?: string;
  readonly MemoryLimit?: boolean;
  readonly CpuCfsQuota?: boolean;
  readonly PidsLimit?: boolean;
}

export interface Warning {
  readonly problem: string;
  readonly fix: string;
}

/** Engines leave out a limit that they cannot keep, and say so in their own log alone. Null where they keep all. */
export function limitsKept(info: LimitsInfo, name: string, rootless: boolean): Warning | null {
  // Podman says that it keeps them, and does not.
  const none = rootless && info.CgroupVersion === '1';
  const left = [
    ['memory', info.MemoryLimit],
    ['CPU', info.CpuCfsQuota],
    ['processes', info.PidsLimit],
  ].flatMap(([what, kept]) => (none || kept === false ? [String(what)] : []));
  if (left.length === 0) return null;
  const last = left.pop() ?? '';
  const what = left.length === 0 ? last : `${left.join(', ')} and ${last}`;
  return {
    problem: `${name} keeps no limit of ${what} here: a cell can take all that the machine has.`,
    fix: rootless
      ? 'Without root it keeps them on a system with cgroup v2 whose controllers are delegated to your user: https://rootlesscontaine.rs/getting-started/common/cgroup2/'
      : 'See the warnings of `docker info`: the control groups of the system are not all there.',
  };
}
