import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { isNativeError } from 'node:util/types';
import { inside } from './grants.js';

/** What happens to a folder that has files already. */
export type Existing = 'refuse' | 'merge' | 'overwrite';

/** The kernel's own folder of a workspace: code in the sandbox sees it, and cannot write there. */
const OWN_FOLDER = '.worldline';
const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const BY_DESCRIPTOR = process.platform === 'linux';

/**
 * Where a statement's file or folder goes in the workspace. DuckDB writes `written`, which code in the sandbox cannot
 * reach; `place` moves it, through the folder held open, so that a link that is put in the way meanwhile is replaced
 * and never followed.
 */
export class Destination {
  private constructor(
    readonly written: string,
    private readonly folder: OpenFolder,
    private readonly name: string,
  ) {}

  /** Throws where its folder is not there, is a link, or is not the workspace's. */
  static open(workspace: string, target: string): Destination {
    const path = resolve(workspace, target);
    const root = realpathSync(workspace);
    const name = basename(path);
    const parent = realpathSync(dirname(path));
    const way = relative(root, parent).split(sep);
    if (!inside(root, parent) || way[0] === OWN_FOLDER || name === OWN_FOLDER)
      throw new Error('it is not in the workspace');
    const folder = way
      .filter((part) => part !== '')
      .reduce((open, part) => open.enter(part, true), OpenFolder.open(root));
    try {
      const own = outgoing(root);
      mkdirSync(own, { recursive: true });
      return new Destination(join(mkdtempSync(join(own, 'to-')), name), folder, name);
    } catch (error) {
      folder.close();
      throw error;
    }
  }

  /** Puts what was written into its place. Throws where something stands there that is to stay. */
  place(existing: Existing): void {
    if (lstatSync(this.written, { throwIfNoEntry: false }) === undefined) return;
    move(this.written, this.folder, this.name, existing);
  }

  /** Takes away what was not placed. */
  close(): void {
    this.folder.close();
    rmSync(dirname(this.written), { recursive: true, force: true });
  }
}

/** Where destinations write; nothing in it is needed once its process has ended. */
export function outgoing(workspace: string): string {
  return join(workspace, OWN_FOLDER, 'outgoing');
}

/** A folder held open; what is in it is reached through its descriptor, where the platform has such paths. */
class OpenFolder {
  private constructor(
    private readonly descriptor: number,
    private readonly path: string,
  ) {}

  static open(path: string): OpenFolder {
    const descriptor = openSync(path, FOLDER);
    return new OpenFolder(descriptor, BY_DESCRIPTOR ? `/proc/self/fd/${descriptor}` : path);
  }

  at(name: string): string {
    return join(this.path, name);
  }

  /** A folder inside; `leave` lets go of this one. */
  enter(name: string, leave = false): OpenFolder {
    try {
      return OpenFolder.open(this.at(name));
    } finally {
      if (leave) this.close();
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

function move(from: string, folder: OpenFolder, name: string, existing: Existing): void {
  const there = lstatSync(folder.at(name), { throwIfNoEntry: false });
  const isFolder = lstatSync(from).isDirectory();
  if (there?.isDirectory() !== true || !isFolder) {
    if (isFolder && there?.isSymbolicLink()) unlinkSync(folder.at(name));
    renameSync(from, folder.at(name));
    return;
  }
  const inner = folder.enter(name);
  try {
    if (existing === 'refuse' && readdirSync(inner.at('')).length > 0) {
      throw new Error('the folder is not empty: OVERWRITE replaces what is in it');
    }
    if (existing === 'overwrite') empty(inner);
    for (const entry of readdirSync(from)) move(join(from, entry), inner, entry, 'merge');
  } finally {
    inner.close();
  }
}

function empty(folder: OpenFolder): void {
  for (const entry of readdirSync(folder.at(''), { withFileTypes: true })) {
    if (!entry.isDirectory()) {
      unlinkSync(folder.at(entry.name));
      continue;
    }
    const inner = folder.enter(entry.name);
    try {
      empty(inner);
    } finally {
      inner.close();
    }
    rmdirSync(folder.at(entry.name));
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  EISDIR: 'a folder of that name is there',
  ENOTDIR: 'a file or a link stands where a folder should be',
  ELOOP: 'a file or a link stands where a folder should be',
};

/** What stands in the way, in words, of an error of `open` or `place`. */
export function reasonOf(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  return REASONS[(error as NodeJS.ErrnoException).code ?? ''] ?? error.message;
}
