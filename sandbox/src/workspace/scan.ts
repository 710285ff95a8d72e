import { lstatSync, readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Artifact } from '../types.js';
import { kindOf } from './kinds.js';

interface Seen {
  readonly bytes: number;
  readonly modified: number;
  readonly changed: number;
  readonly inode: number;
}
/** The regular files of a workspace that are not hidden, by path with `/`. */
export interface Scan {
  readonly files: ReadonlyMap<string, Seen>;
  /** Bytes of all files seen. */
  readonly bytes: number;
  /** The walk stopped: there were more entries, or deeper folders, than it looks at. */
  readonly partial: boolean;
}

const MAX_ENTRIES = 50_000;
const MAX_DEPTH = 40;
/** Entries after which other work gets its turn. */
const BREATH = 2_000;
/** File times come from a clock that ticks every few milliseconds. */
const TICK = 20;

/**
 * Walks a workspace. Links and special files are not followed, not opened and not listed. What is hidden is only looked at
 * where its bytes matter.
 */
export async function scan(workspace: string, hiddenToo = false): Promise<Scan> {
  const files = new Map<string, Seen>();
  const folders: { path: string; depth: number; hidden: boolean }[] = [{ path: '', depth: 0, hidden: false }];
  let bytes = 0;
  let entries = 0;
  let partial = false;
  for (let folder = folders.pop(); folder !== undefined && !partial; folder = folders.pop()) {
    for (const entry of list(join(workspace, folder.path))) {
      if (++entries % BREATH === 0) await nextTurn();
      if (entries > MAX_ENTRIES) {
        partial = true;
        break;
      }
      const hidden = folder.hidden || entry.name.startsWith('.');
      if (hidden && !hiddenToo) continue;
      const path = folder.path === '' ? entry.name : `${folder.path}/${entry.name}`;
      if (entry.isDirectory()) {
        if (folder.depth < MAX_DEPTH) folders.push({ path, depth: folder.depth + 1, hidden });
        else partial = true;
      } else if (entry.isFile()) {
        const stat = lstatSync(join(workspace, path), { throwIfNoEntry: false });
        if (stat === undefined || !stat.isFile()) continue;
        bytes += stat.blocks * 512;
        if (!hidden)
          files.set(path, {
            bytes: stat.size,
            modified: stat.mtimeMs,
            changed: stat.ctimeMs,
            inode: stat.ino,
          });
      }
    }
  }
  return { files, bytes, partial };
}

/** What is new or changed since `before` and since the time `started`; ordered by path, at most `count`. */
export function artifactsBetween(before: Scan, after: Scan, started: number, count: number): Artifact[] {
  const artifacts: Artifact[] = [];
  for (const [path, file] of after.files) {
    const old = before.files.get(path);
    if (file.changed < started - TICK) continue;
    if (
      old !== undefined &&
      old.changed === file.changed &&
      old.inode === file.inode &&
      old.bytes === file.bytes
    )
      continue;
    if (isPresentable(path)) artifacts.push({ path, type: kindOf(path), bytes: file.bytes });
  }
  return artifacts.sort((a, b) => (a.path < b.path ? -1 : 1)).slice(0, count);
}

/** A name with line breaks, control characters or bytes that are not text is none to show. */
export function isPresentable(path: string): boolean {
  return !/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufffd\\]/u.test(path) && path.length <= 1024;
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // It was removed, or made unreadable, since its parent was read: it has no artifacts.
    return [];
  }
}
