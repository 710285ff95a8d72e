import { realpathSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { inside } from '../database/paths/grants.js';
import { isAddress } from '../database/paths/isAddress.js';
import type { Readable } from '../database/types.js';
import { UserError } from './errors.js';
import { expandHome } from './expandHome.js';
import { isTooWide, realPath } from './settings/paths.js';

/** What SQL and Python may read beside the workspace: the notebook's folder, and what the user granted. */
export class Grants {
  readonly #folders: string[] = [];
  readonly #files = new Set<string>();
  readonly #urls = new Set<string>();
  /** The entries of a notebook's folder that is too wide itself, by what was granted in them. */
  readonly #beside = new Map<string, string>();

  /** Where the notebook's folder really is. */
  readonly #notebook: string;

  constructor(private readonly notebookFolder: string) {
    const wide = isTooWide(notebookFolder);
    this.#notebook = wide ? notebookFolder : realpathSync(notebookFolder);
    if (!wide) this.#folders.push(this.#notebook);
  }

  get readable(): Readable {
    return { folders: [...this.#folders], files: [...this.#files], urls: [...this.#urls] };
  }

  /** What of the notebook's folder is to be reached by its relative name, where the folder as a whole may not be read. */
  get beside(): string[] {
    return [...new Set(this.#beside.values())];
  }

  /** Grants or revokes a folder or an address. Throws a UserError for what is too wide to be granted, or was not granted. */
  async allow(target: string, revoke: boolean): Promise<void> {
    if (revoke) {
      this.#revoke(target);
      return;
    }
    if (isAddress(target)) {
      this.#urls.add(target);
      return;
    }
    const folder = realpathSync(target);
    if (isTooWide(folder)) {
      throw new UserError(
        'TooWide',
        `${folder} holds too much to be granted as a whole.`,
        'Grant the folder with your data in it.',
      );
    }
    if (!(await stat(folder)).isDirectory()) {
      throw new UserError(
        'NotAFolder',
        `${folder} is not a folder.`,
        'Naming a file in a cell of yours grants it.',
      );
    }
    if (this.#covers(folder)) return;
    this.#folders.push(folder);
    this.#nameBeside(target, folder);
  }

  /** Grants the files that a text of the user's names; true where one of them was not readable before. */
  async grantNamedIn(text: string): Promise<boolean> {
    const relatively = !this.#covers(this.#notebook);
    return this.grantFiles(await filesNamedIn(text, this.notebookFolder, relatively));
  }

  /** Grants files that the user named in a cell of their own; true where one of them was not readable before. */
  grantFiles(files: readonly string[]): boolean {
    let changed = false;
    for (const file of files) {
      const path = realpathSync(file);
      if (this.#covers(path) || this.#files.has(path)) continue;
      this.#files.add(path);
      this.#nameBeside(file, path);
      changed = true;
    }
    return changed;
  }

  /** Takes back a folder, an address, or a file that a cell has named; it may be gone meanwhile. */
  #revoke(target: string): void {
    if (this.#urls.delete(target)) return;
    const path = isAddress(target) ? target : realPath(target);
    const at = this.#folders.indexOf(path);
    if (at !== -1) this.#folders.splice(at, 1);
    else if (!this.#files.delete(path))
      throw new UserError('NotFound', `${path} was not granted.`, '%allow lists what may be read.');
    this.#beside.delete(path);
  }

  #nameBeside(named: string, granted: string): void {
    if (!inside(this.notebookFolder, named)) return;
    const [entry] = relative(this.notebookFolder, named).split(sep);
    if (entry) this.#beside.set(granted, join(this.notebookFolder, entry));
  }

  #covers(path: string): boolean {
    return this.#folders.some((folder) => path === folder || path.startsWith(folder + sep));
  }
}

const QUOTED = `'([^'\\n]+)'|"([^"\\n]+)"`;
const PATH_IN_TEXT = new RegExp(`(?:${QUOTED}|(?<![\\w./~])((?:~|\\.{1,2})?/[^\\s'"\`,;()]+))`, 'g');
/** Also words that look like a file's name. */
const NAME_IN_TEXT = new RegExp(
  `(?:${QUOTED}|(?<![^\\s\`,;()])([^\\s'"\`,;()]*[\\w/][./]\\w[^\\s'"\`,;()]*))`,
  'g',
);

/** Programs, settings and what the system tells of itself: a container has its own, and `#!/usr/bin/env` names no data. */
const SYSTEM = /^\/(?:proc|sys|dev|boot|etc|(?:usr\/(?:local\/)?)?(?:s?bin|lib(?:32|64|exec)?))\//;

/**
 * Existing files that a text names by an absolute path, from the home folder, or from a folder above; where `relatively`,
 * also by a name or path that starts at the folder `from`. Paths with a hidden part, and the system's own, are never meant.
 */
export async function filesNamedIn(text: string, from: string, relatively: boolean): Promise<string[]> {
  const found = new Set<string>();
  for (const [, single, double, bare] of text.matchAll(relatively ? NAME_IN_TEXT : PATH_IN_TEXT)) {
    const named = (single ?? double ?? bare ?? '').replace(/[.?!:]+$/, '');
    if (!relatively && !/^(?:\/|~\/|\.\.?\/)/.test(named)) continue;
    const path = resolve(from, expandHome(named));
    if (SYSTEM.test(path) || path.split(sep).some((part) => part.startsWith('.'))) continue;
    const info = await stat(path).catch(() => null);
    if (info?.isFile()) found.add(path);
  }
  return [...found];
}
