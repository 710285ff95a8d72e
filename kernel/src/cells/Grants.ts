import { realpathSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import type { Readable } from '../database/types.js';
import { UserError } from './errors.js';
import { isTooWide } from './settings/paths.js';

/** What SQL and Python may read beside the workspace: the notebook's folder, and what the user granted. */
export class Grants {
  readonly #folders: string[] = [];
  readonly #files = new Set<string>();
  readonly #urls = new Set<string>();

  constructor(notebookFolder: string) {
    if (!isTooWide(notebookFolder)) this.#folders.push(realpathSync(notebookFolder));
  }

  get readable(): Readable {
    return { folders: [...this.#folders], files: [...this.#files], urls: [...this.#urls] };
  }

  /** Grants or revokes a folder or an address. Throws a UserError for what is too wide to be granted. */
  async allow(target: string, revoke: boolean): Promise<void> {
    if (isAddress(target)) {
      if (revoke) this.#urls.delete(target);
      else this.#urls.add(target);
      return;
    }
    const folder = realpathSync(target);
    if (revoke) {
      const at = this.#folders.indexOf(folder);
      if (at === -1)
        throw new UserError('NotFound', `${folder} was not granted.`, '%allow lists what may be read.');
      this.#folders.splice(at, 1);
      return;
    }
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
    if (!this.#covers(folder)) this.#folders.push(folder);
  }

  /** Grants files that the user named in a cell of their own; true where one of them was not readable before. */
  grantFiles(files: readonly string[]): boolean {
    let changed = false;
    for (const file of files) {
      const path = realpathSync(file);
      if (this.#covers(path) || this.#files.has(path)) continue;
      this.#files.add(path);
      changed = true;
    }
    return changed;
  }

  #covers(path: string): boolean {
    return this.#folders.some((folder) => path === folder || path.startsWith(folder + sep));
  }
}

export function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

const PATH_IN_TEXT = /(?:'([^'\n]+)'|"([^"\n]+)"|(?<![\w./~])((?:~|\.{1,2})?\/[^\s'"`,;()]+))/g;

/**
 * Existing files that a text names by an absolute path, from the home folder, or from a folder above. Paths with a
 * hidden part are never meant.
 */
export async function filesNamedIn(text: string, from: string): Promise<string[]> {
  const found = new Set<string>();
  for (const [, single, double, bare] of text.matchAll(PATH_IN_TEXT)) {
    const named = (single ?? double ?? bare ?? '').replace(/[.?!:]+$/, '');
    if (!/^(?:\/|~\/|\.\.?\/)/.test(named)) continue;
    const path = named.startsWith('~/') ? join(homedir(), named.slice(2)) : resolve(from, named);
    if (path.split(sep).some((part) => part.startsWith('.'))) continue;
    const info = await stat(path).catch(() => null);
    if (info?.isFile()) found.add(path);
  }
  return [...found];
}
