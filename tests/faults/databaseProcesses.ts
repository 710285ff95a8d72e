import { readdirSync, readFileSync } from 'node:fs';
import type { KernelClient } from '../support/KernelClient.js';

/** The database processes of a kernel: children that run database.js. */
export function databaseProcesses(kernel: KernelClient): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isDatabaseOf(pid, kernel.process.pid));
}

export function isDatabaseOf(pid: number, kernel: number): boolean {
  try {
    const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(parent) === kernel && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('database');
  } catch {
    return false; // it has ended meanwhile
  }
}
