import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CellContext } from './context.js';
import { UserError } from './errors.js';
import { expandHome } from './expandHome.js';
import { isAddress } from '../database/paths/isAddress.js';

type Kind = 'file' | 'folder' | 'special';

/** The file that `%load` means, beside the notebook or in the workspace. `words`: all that was typed, if its name has spaces. */
export async function existingFile(
  named: string,
  words: readonly string[],
  { kernel, runtime }: CellContext,
): Promise<string> {
  const folders = [kernel.paths.notebookFolder, runtime.workspace];
  const found = async (name: string, kind: Kind): Promise<string | null> => {
    for (const folder of folders) {
      const candidate = resolve(folder, expandHome(name));
      if (await isKind(candidate, kind)) return candidate;
    }
    return null;
  };
  const file = await found(named, 'file');
  if (file !== null) return file;
  const whole = words.join(' ');
  if (words.length > 1 && (await found(whole, 'file')) !== null) {
    throw new UserError(
      'UsageError',
      `There is no file ${named}, but one called ${whole}.`,
      `Put quotes around its name: %load "${whole}"`,
    );
  }
  if (isAddress(named)) {
    throw new UserError(
      'UsageError',
      `%load reads files, and ${named} is an address.`,
      named.startsWith('s3:')
        ? `%allow its prefix, then: %%sql CREATE TABLE t AS FROM '${named}'`
        : 'Save it beside the notebook, and load it from there.',
    );
  }
  const isFolder = (await found(named, 'folder')) !== null;
  if (isFolder || /[*?[]/.test(named)) {
    const pattern = isFolder ? `${named.replace(/\/$/, '')}/*.csv` : named;
    throw new UserError(
      'UsageError',
      `%load reads one file, and ${named} is a ${isFolder ? 'folder' : 'pattern'}.`,
      `All files at once: %%sql CREATE TABLE t AS FROM '${pattern}'`,
    );
  }
  if ((await found(named, 'special')) !== null) {
    throw new UserError(
      'UsageError',
      `%load reads regular files, and ${named} is a pipe, a socket or a device.`,
      'Write what it gives into a file, and load that.',
    );
  }
  throw new UserError(
    'FileNotFound',
    `There is no file ${named}.`,
    `It was looked for in ${kernel.paths.notebookFolder} and in the workspace.`,
  );
}

/** The folder that `%allow` means; an address stays as it is. */
export async function existingFolder(named: string, from: string): Promise<string> {
  const folder = wholePath(named, from);
  if (isAddress(named) || (await isKind(folder, 'folder'))) return folder;
  if (await isKind(folder, 'file')) {
    throw new UserError(
      'NotAFolder',
      `${folder} is a file, and %allow grants folders.`,
      'A cell of yours that names a file in quotes, by its whole path, grants it.',
    );
  }
  throw new UserError(
    'FileNotFound',
    `There is no folder ${folder}.`,
    'A relative path starts at the folder of the notebook.',
  );
}

/** What `%allow` names, with its whole path; an address stays as it is. */
export function wholePath(named: string, from: string): string {
  return isAddress(named) ? named : resolve(from, expandHome(named));
}

async function isKind(path: string, kind: Kind): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found === null) return false;
  if (found.isFile()) return kind === 'file';
  return kind === (found.isDirectory() ? 'folder' : 'special');
}
