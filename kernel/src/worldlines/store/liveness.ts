import { readFileSync, readlinkSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../errors.js';
import { ifExists, privateFolder, syncFolder, writeWhole } from './files.js';

/** Which process holds a lock; enough to tell it from a later one with the same number. */
export interface Holder {
  readonly pid: number;
  /** Start time in clock ticks since boot; null where the platform does not tell. */
  readonly start: string | null;
  readonly boot: string | null;
  /** Host and process namespace: a number means nothing outside of it. */
  readonly where: string;
}

export interface Lock {
  readonly kernel: string;
  readonly path: string;
  readonly holder: Holder;
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

/** The kernels that may run, by the id in their lock's name. */
export async function liveKernels(folder: string): Promise<Set<string>> {
  const locks = await kernelLocks(folder);
  return new Set(locks.flatMap(({ kernel, holder }) => (mayRun(holder) ? [kernel] : [])));
}

/** Locks of kernels that ended without closing: what they wrote last may not be on the disk yet, or never came there. */
export async function deadLocks(folder: string): Promise<Lock[]> {
  return (await kernelLocks(folder)).filter(({ holder }) => !mayRun(holder));
}

async function kernelLocks(folder: string): Promise<Lock[]> {
  const locks: Lock[] = [];
  for (const name of await ifExists(readdir(folder), [])) {
    if (!name.endsWith('.json')) continue;
    const path = join(folder, name);
    const holder = await readHolder(path);
    if (holder !== null) locks.push({ kernel: name.slice(0, -'.json'.length), path, holder });
  }
  return locks;
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
  await writeWhole(path, JSON.stringify(thisProcess()));
  await syncFolder(folder);
  return path;
}

function startOf(pid: number): string | null {
  const stat = tryRead(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' ? null : (fields[19] ?? null);
}

/** Names this run of the machine's system; null where the platform does not tell. */
export function bootId(): string | null {
  boot ??= { id: tryRead('/proc/sys/kernel/random/boot_id')?.trim() ?? null };
  return boot.id;
}
let boot: { readonly id: string | null } | undefined;

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
