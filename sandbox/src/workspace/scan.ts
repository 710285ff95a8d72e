import type { Artifact } from '../types.js';
import { kindOf } from './kinds.js';
import { walk } from './walk.js';

interface Seen {
  readonly bytes: number;
  readonly modified: number;
  readonly changed: number;
  readonly inode: number;
}
/** The regular files of a workspace that are not hidden, by path with `/`. */
export interface Scan {
  readonly files: ReadonlyMap<string, Seen>;
  /** There were more entries, or deeper folders, than are looked at. */
  readonly partial: boolean;
}

const BOUNDS = { entries: 50_000, depth: 40, hidden: false };
/** File times come from a clock that ticks every few milliseconds. */
const TICK = 20;

export async function scan(workspace: string): Promise<Scan> {
  const files = new Map<string, Seen>();
  const whole = await walk(workspace, BOUNDS, (path, { size, mtimeMs, ctimeMs, ino }) => {
    files.set(path, { bytes: size, modified: mtimeMs, changed: ctimeMs, inode: ino });
  });
  return { files, partial: !whole };
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
