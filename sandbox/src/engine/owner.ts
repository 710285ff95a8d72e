import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export const KERNEL_LABEL = 'worldline.kernel';
const HOST_LABEL = 'worldline.host';
const PID_LABEL = 'worldline.pid';
const STARTED_LABEL = 'worldline.started';
const NAMESPACE_LABEL = 'worldline.namespace';

/** Labels by which a later kernel can tell whether ours is still there. */
export function ownerLabels(kernel: string): Record<string, string> {
  return {
    [KERNEL_LABEL]: kernel,
    [HOST_LABEL]: hostname(),
    [PID_LABEL]: String(process.pid),
    [STARTED_LABEL]: startOf(process.pid),
    [NAMESPACE_LABEL]: processNamespace(),
  };
}

/**
 * Is the kernel that made a container with these labels gone for certain? Of another machine's, or of one whose processes
 * have numbers of their own, nothing is certain.
 */
export function isOrphan(labels: Readonly<Record<string, string>>): boolean {
  const pid = Number(labels[PID_LABEL]);
  if (labels[HOST_LABEL] !== hostname() || !Number.isInteger(pid) || pid <= 0) return false;
  if (labels[NAMESPACE_LABEL] !== processNamespace()) return false;
  if (!isAlive(pid)) return true;
  return labels[STARTED_LABEL] !== startOf(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process started, in the words of /proc; empty where there is none, so that the id alone decides. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim().slice(0, 8);
    return `${boot}-${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
  } catch {
    return '';
  }
}

/** In which a process number means this process; empty where the platform has one for all. */
function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
