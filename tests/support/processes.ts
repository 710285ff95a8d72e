import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** The processes that a process started and that live, at any depth. */
export function descendants(ancestor: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const status = /^\d+$/.test(name) ? contents(`/proc/${name}/status`) : '';
    const parent = /^PPid:\s+(\d+)$/m.exec(status)?.[1];
    if (parent !== undefined && !/^State:\s+Z/m.test(status)) parents.set(Number(name), Number(parent));
  }
  const childrenOf = (pid: number): number[] =>
    [...parents].filter(([, parent]) => parent === pid).flatMap(([child]) => [child, ...childrenOf(child)]);
  return childrenOf(ancestor);
}

export function isAlive(pid: number): boolean {
  const status = contents(`/proc/${pid}/status`);
  return status !== '' && !/^State:\s+Z/m.test(status);
}

/** Kills a process, where it has not ended meanwhile. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The containers of a kernel, by id, whether they run or not. */
export function containersOf(kernel: number, env: NodeJS.ProcessEnv = process.env): string[] {
  const filter = `label=worldline.pid=${kernel}`;
  return execFileSync('docker', ['ps', '-aq', '--filter', filter], { encoding: 'utf8', env })
    .split('\n')
    .filter(Boolean);
}

/** Memory of a process that is in RAM, in megabytes. */
export function residentMegabytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(contents(`/proc/${pid}/status`))?.[1]) / 1024;
}

/** How many files, sockets and pipes a process holds open. */
export function openHandles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** Of a file of the system's; empty where what it tells of has ended meanwhile. */
export function contents(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
