import { FileTooLargeError, readArtifact } from '@worldline/sandbox';
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path';
import type { Readable } from '../../../database/types.js';
import { imageType } from '../../../display/artifacts.js';
import { bytes } from '../../../counts.js';
import type { Display } from '../../../mime.js';
import { UserError } from '../../errors.js';

/** Bytes of a file that is shown in place. */
const MAX_SHOWN = 5_000_000;
const MAX_TEXT = 100_000;

/** A file of the workspace or of what may be read, for a person. Throws a UserError where there is none to be shown. */
export async function showFile(workspace: string, readable: Readable, path: string): Promise<Display> {
  const content = await read(workspace, readable, path);
  const shown = `${path} (${bytes(content.length)})`;
  const image = imageType(path);
  if (image !== undefined) return { data: { [image]: content.toString('base64'), 'text/plain': shown } };
  const text = content.toString('utf8');
  if (content.length > MAX_TEXT || text.includes('\u0000') || text.includes('\ufffd'))
    return { data: { 'text/plain': shown } };
  if (/\.(md|markdown)$/i.test(path)) return { data: { 'text/markdown': text, 'text/plain': text } };
  return { data: { 'text/plain': text } };
}

async function read(workspace: string, { folders, files }: Readable, path: string): Promise<Buffer> {
  const places = [workspace, ...folders].map(
    (folder) => [folder, relative(folder, resolve(folder, path))] as const,
  );
  const named = isAbsolute(path) && files.includes(path) ? [[dirname(path), basename(path)] as const] : [];
  for (const [folder, inside] of [...places, ...named]) {
    // Hidden entries are no data.
    if (inside.split('/').some((part) => part === '' || part.startsWith('.'))) continue;
    try {
      return await readArtifact(folder, inside, MAX_SHOWN);
    } catch (error) {
      if (error instanceof FileTooLargeError) throw new UserError('TooLarge', error.message);
      if ((error as NodeJS.ErrnoException).code === 'EACCES')
        throw new UserError('NotReadable', `${path} cannot be read.`);
      // A link in the workspace leads to a data folder, where the file is looked for next.
    }
  }
  throw new UserError(
    'NotFound',
    `There is no file ${path} in the workspace or a data folder.`,
    'list_tables names the files.',
  );
}
