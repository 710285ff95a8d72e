import { readdirSync, realpathSync, statSync, type Dirent } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Readable } from '../types.js';

/** Files of a folder that are allowed ahead of being named; more of them are allowed when a statement needs them. */
const AHEAD = 500;
const GLOB_FILES = 20_000;
const GLOB = /[*?[]/;

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
        if (GLOB.test(path)) this.#allowPattern(path);
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

  #allowPattern(path: string): void {
    const fixed = path.slice(0, path.search(GLOB));
    const base = real(fixed.slice(0, fixed.lastIndexOf(sep) + 1));
    if (base === null || inside(this.#workspace, base)) return;
    const folder = this.#folders.find((each) => inside(each, base) && !hidden(relative(each, base)));
    if (folder === undefined || hidden(relative(folder, join(base, path.slice(fixed.length))))) return;
    this.#allowed.add(path);
    let left = GLOB_FILES;
    const walk = (at: string): void => {
      for (const entry of entries(at)) {
        if (left <= 0) return;
        const child = join(at, entry.name);
        if (entry.isDirectory()) walk(child);
        else if (this.#granted(real(child) ?? '')) {
          this.#allowed.add(child);
          this.#allowed.add(real(child) ?? child);
          left -= 1;
        }
      }
    };
    walk(base);
  }

  #allowTop(folder: string): void {
    for (const entry of entries(folder).slice(0, AHEAD)) {
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
  return entries(folder).some((entry) => entry.isDirectory());
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
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The visible entries of a folder; none where it cannot be read. */
function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.name.startsWith('.'));
  } catch {
    return [];
  }
}
