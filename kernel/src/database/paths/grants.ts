import { readdirSync, realpathSync, statSync, type Dirent } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Readable } from '../types.js';
import { fixedPart, isPattern, matcherOf, visibleOnly } from './patterns.js';

/** Files of a folder that are allowed ahead of being named; more of them are allowed when a statement needs them. */
const AHEAD = 500;
const GLOB_FILES = 20_000;

/** What lies below the fixed part of a pattern: its visible files, by their paths, and whether there are hidden entries. */
interface Below {
  readonly base: string;
  readonly files: readonly string[];
  readonly hasHidden: boolean;
}

/** Which files a database may read beside its workspace: decided file by file, so that hidden ones never are. */
export class Grants {
  readonly #workspace: string;
  #folders: readonly string[] = [];
  #files: ReadonlySet<string> = new Set();
  #urls: readonly string[] = [];
  #allowed = new Set<string>();

  constructor(workspace: string, readable: Readable) {
    this.#workspace = realpathSync(workspace);
    this.set(readable);
  }

  /** The paths to allow as the database opens. */
  get allowed(): string[] {
    return [...this.#allowed];
  }

  /** The folders and prefixes to allow whole: the workspace and what lies in clouds. */
  get directories(): string[] {
    return [this.#workspace, ...this.#urls];
  }

  /** Replaces what is granted. Says whether a database that is open has to be opened again for it. */
  set(readable: Readable): boolean {
    const before = this.#allowed;
    const urls = this.#urls;
    this.#folders = readable.folders.flatMap((folder) => real(folder) ?? []);
    this.#files = new Set(readable.files.flatMap((file) => real(file) ?? []));
    this.#urls = readable.urls ?? [];
    this.#allowed = new Set<string>();
    for (const file of readable.files) {
      this.#allowed.add(resolve(file));
      this.#allowed.add(real(file) ?? resolve(file));
    }
    for (const folder of this.#folders) this.#allowTop(folder);
    const same =
      urls.join('\n') === this.#urls.join('\n') && [...before].every((path) => this.#granted(path));
    const more = [...this.#allowed].some((path) => !before.has(path));
    if (same && !more) this.#allowed = before;
    return !same || more;
  }

  /**
   * Allows what a statement names and may be read, and is not allowed yet: files that appeared since, files of deeper
   * folders, patterns. Says whether there was any: then the database has to be opened again.
   */
  allow(names: readonly string[]): boolean {
    const before = this.#allowed.size;
    for (const name of names) {
      if (name === '' || name.length > 4096 || name.includes('\n') || name.includes('\0')) continue;
      for (const path of this.#candidates(name)) {
        if (isPattern(path)) this.#allowPattern(path);
        else this.#allowFile(path);
      }
    }
    return this.#allowed.size > before;
  }

  #candidates(name: string): string[] {
    if (isAbsolute(name)) return [resolve(name)];
    return [this.#workspace, ...this.#folders].map((folder) => resolve(folder, name));
  }

  #allowFile(path: string): void {
    const target = real(path);
    if (target === null || inside(this.#workspace, target) || !this.#granted(target)) return;
    if (isFile(target)) {
      this.#allowed.add(target);
      this.#allowed.add(path);
    }
  }

  /**
   * What finds the same files as a pattern in whose way hidden entries lie, and not those: another pattern, or the files
   * where there is none. Null where the pattern can stay. DuckDB would list hidden entries, and fail as it opens them.
   */
  withoutHidden(name: string): string | string[] | null {
    if (!isPattern(name)) return null;
    const path = this.#candidates(name).find((each) => real(fixedPart(each)) !== null);
    const below = path === undefined ? null : this.#below(path);
    if (path === undefined || below?.hasHidden !== true) return null;
    const other = visibleOnly(name);
    if (other !== null) return other === name ? null : other;
    const isMeant = matcherOf(path.slice(fixedPart(path).length));
    const files = below.files.map((file) => relative(below.base, file)).filter((file) => isMeant.test(file));
    return files.sort().map((file) => fixedPart(name) + file);
  }

  #allowPattern(path: string): void {
    const below = this.#below(path);
    if (below === null) return;
    if (!below.hasHidden || visibleOnly(path) === path) this.#allowed.add(path);
    for (const file of below.files) {
      this.#allowed.add(file);
      this.#allowed.add(real(file) ?? file);
    }
  }

  /** Null for what is the workspace's, not granted, or hidden itself. */
  #below(path: string): Below | null {
    const fixed = fixedPart(path);
    const base = real(fixed);
    if (base === null || inside(this.#workspace, base)) return null;
    const folder = this.#folders.find((each) => inside(each, base) && !hidden(relative(each, base)));
    if (folder === undefined || hidden(relative(folder, join(base, path.slice(fixed.length))))) return null;
    const files: string[] = [];
    let hasHidden = false;
    const walk = (at: string): void => {
      for (const entry of entries(at)) {
        if (files.length >= GLOB_FILES) return;
        const child = join(at, entry.name);
        if (entry.name.startsWith('.')) hasHidden = true;
        else if (entry.isDirectory()) walk(child);
        else if (this.#granted(real(child) ?? '')) files.push(child);
      }
    };
    walk(base);
    return { base, files, hasHidden };
  }

  #allowTop(folder: string): void {
    for (const entry of visible(folder).slice(0, AHEAD)) {
      if (!entry.isDirectory()) this.#allowFile(join(folder, entry.name));
    }
  }

  /** Whether a path, links resolved, may be read. */
  #granted(target: string): boolean {
    if (this.#files.has(target)) return true;
    return this.#folders.some((folder) => inside(folder, target) && !hidden(relative(folder, target)));
  }
}

/** Whether some part of a relative path is a hidden entry. */
export function hidden(path: string): boolean {
  return path.split(sep).some((part) => part.startsWith('.') && part !== '.' && part !== '');
}

export function inside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Whether a folder has visible folders in it. */
export function hasFolders(folder: string): boolean {
  return visible(folder).some((entry) => entry.isDirectory());
}

/** Null where there is nothing, or nothing that may be looked at. */
function real(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function visible(folder: string): Dirent[] {
  return entries(folder).filter((entry) => !entry.name.startsWith('.'));
}

/** The entries of a folder; none where it cannot be read. */
function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
