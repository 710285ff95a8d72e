import { readFileSync, readlinkSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../errors.js';
import { ifExists, privateFolder, writeWhole } from './files.js';

/** Which process holds a lock; enough to tell it from a later one with the same number. */
export interface Holder {
  readonly pid: number;
  /** Start time in clock ticks since boot; null where the platform does not tell. */
  readonly start: string | null;
  readonly boot: string | null;
  /** Host and process namespace: a number means nothing outside of it. */
  readonly where: string;
}

export function thisProcess(): Holder {
  return { pid: process.pid, start: startOf(process.pid), boot: bootId(), where: whereami() };
}

/** Whether the holder may still run. Where it cannot be told, it may. */
export function mayRun(holder: Holder): boolean {
  if (holder.boot !== null && bootId() !== null && holder.where.startsWith(`${hostname()} `)) {
    if (holder.boot !== bootId()) return false;
  }
  if (holder.where !== whereami()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
  }
  return holder.start === null || holder.start === startOf(holder.pid);
}

/** The kernels that may run, by the id in their lock's name. Locks of dead ones are removed. */
export async function liveKernels(folder: string): Promise<Set<string>> {
  const live = new Set<string>();
  for (const name of await ifExists(readdir(folder), [])) {
    if (!name.endsWith('.json')) continue;
    const path = join(folder, name);
    const holder = await readHolder(path);
    if (holder === null) continue;
    if (mayRun(holder)) live.add(name.slice(0, -'.json'.length));
    else await rm(path, { force: true });
  }
  return live;
}

export async function readHolder(path: string): Promise<Holder | null> {
  const text = await ifExists(readFile(path, 'utf8'), null);
  if (text === null) return null;
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return null;
  }
}

export async function lockKernel(folder: string, kernel: string): Promise<string> {
  const path = join(await privateFolder(folder), `${kernel}.json`);
  await writeWhole(path, JSON.stringify(thisProcess()), false);
  return path;
}

function startOf(pid: number): string | null {
  const stat = tryRead(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' ? null : (fields[19] ?? null);
}
function bootId(): string | null {
  return tryRead('/proc/sys/kernel/random/boot_id')?.trim() ?? null;
}
function whereami(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return `${hostname()} -`;
  }
}
function tryRead(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
