import { setImmediate } from 'node:timers/promises';
import { count } from '../../counts.js';
import { BESIDE, type FileStat, Folder } from './Folder.js';

/** Bounds on what is taken out of a folder that untrusted code writes to. */
export interface WorkspaceLimits {
  readonly files: number;
  readonly bytes: number;
  readonly depth: number;
}
export const WORKSPACE_LIMITS: WorkspaceLimits = { files: 100_000, bytes: 8 * 1024 ** 3, depth: 64 };

export interface Skipped {
  readonly path: string;
  readonly reason: string;
}
/** Why a file is passed over: a walk without limits passes over those that cannot be named as well, and takes the others. */
export type Why = 'limit' | 'never taken';
export interface Visitor {
  /** Return the file's stat to keep it in mind; called in no particular order. */
  file(path: string, name: string, stat: FileStat, folder: Folder): Promise<void> | undefined;
  folder(path: string): void;
  skipped(skipped: Skipped, why: Why): void;
}

/** Hidden folder of the kernel's own, in every workspace. */
export const OWN_FOLDER = '.worldline';
/** Milliseconds after which others get a turn. */
const SLICE = 5;
/** Files of one folder that are read at a time. */
const WIDTH = 16;

/** Visits the regular files and folders of a workspace. Links and special files are passed over. */
export async function walk(root: string, visitor: Visitor, limits: WorkspaceLimits): Promise<void> {
  const budget = { files: limits.files, bytes: limits.bytes };
  let since = performance.now();
  const top = Folder.open(root);
  try {
    await walkFolder(top, '', 0);
  } finally {
    top.close();
  }

  async function walkFolder(folder: Folder, prefix: string, depth: number): Promise<void> {
    const reading: Promise<void>[] = [];
    const { entries, invalid } = folder.entries();
    for (const entry of entries) {
      if (performance.now() - since > SLICE) {
        await setImmediate();
        since = performance.now();
      }
      const { name } = entry;
      const path = prefix + name;
      if (path === OWN_FOLDER || BESIDE.test(name)) continue;
      if (!entry.isFile() && !entry.isDirectory()) continue;
      if (invalid.has(name)) {
        visitor.skipped({ path, reason: 'its name is not valid UTF-8' }, 'never taken');
      } else if (entry.isDirectory()) {
        await enter(folder, name, path, depth + 1);
      } else if (budget.files <= 0) {
        // Those that are too many are not even looked at.
        visitor.skipped({ path, reason: `more than ${count(limits.files)} files` }, 'limit');
      } else {
        const stat = folder.stat(name);
        if (stat === null) continue;
        budget.files -= 1;
        budget.bytes -= stat.size;
        if (budget.bytes < 0) {
          visitor.skipped({ path, reason: `more than ${count(limits.bytes)} bytes of files` }, 'limit');
        } else {
          const pending = visitor.file(path, name, stat, folder);
          if (pending === undefined) continue;
          // Another file may fail first; this one's failure is then not waited for.
          pending.catch(() => undefined);
          if (reading.push(pending) === WIDTH) await Promise.all(reading.splice(0));
        }
      }
    }
    await Promise.all(reading);
  }

  async function enter(folder: Folder, name: string, path: string, depth: number): Promise<void> {
    if (depth > limits.depth) {
      visitor.skipped({ path, reason: `more than ${limits.depth} folders deep` }, 'never taken');
      return;
    }
    const inner = opened(folder, name);
    if (inner === null) {
      visitor.skipped({ path, reason: 'it could not be opened' }, 'never taken');
      return;
    }
    visitor.folder(`${path}/`);
    try {
      await walkFolder(inner, `${path}/`, depth);
    } finally {
      inner.close();
    }
  }
}

/** Null where it cannot be opened: it may be closed to us, or be gone. */
function opened(folder: Folder, name: string): Folder | null {
  try {
    return folder.folder(name);
  } catch {
    return null;
  }
}
