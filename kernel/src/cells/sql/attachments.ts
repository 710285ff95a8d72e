import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Attachment, SourceType } from '../../database/types.js';
import { UserError } from '../errors.js';
import { expandHome } from '../expandHome.js';

/** What `%attach SOURCE as ALIAS` means: the kind of source is read off the file itself, or off the address. */
export async function readAttachment(source: string, alias: string, from: string): Promise<Attachment> {
  if (/^postgres(ql)?:/i.test(source)) return { alias, source, type: 'postgres' };
  if (/^mysql:/i.test(source)) return { alias, source, type: 'mysql' };
  if (/\bdbname\s*=/i.test(source)) return { alias, source, type: 'postgres' };
  if (/\bhost\s*=.*\bdatabase\s*=|\bdatabase\s*=.*\bhost\s*=/i.test(source))
    return { alias, source, type: 'mysql' };
  const path = resolve(from, expandHome(source));
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) {
    throw new UserError(
      'FileNotFound',
      `There is no file ${path}.`,
      'A relative path starts at the folder of the notebook.',
    );
  }
  return { alias, source: path, type: await typeOf(path) };
}

const ATTACH_LINE = /^[ \t]*%attach\b.*$/gm;

/** The source of a cell without the passwords in what it attaches: neither the store nor a model is to have them. */
export function withoutPasswords(source: string): string {
  return source.replace(ATTACH_LINE, (line) =>
    line
      .replace(/(:\/\/[^\s/:@]*:)[^\s@/]*(?=@)/g, '$1***')
      .replace(/(\b(?:password|passwd)\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s"']+)/gi, '$1***'),
  );
}

async function typeOf(path: string): Promise<SourceType> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(16), 0, 16, 0);
    if (buffer.subarray(8, 12).toString('latin1') === 'DUCK') return 'duckdb';
    if (buffer.toString('latin1').startsWith('SQLite format 3')) return 'sqlite';
  } finally {
    await file.close();
  }
  throw new UserError(
    'UsageError',
    `${path} is neither a DuckDB nor a SQLite file.`,
    '%load reads data files.',
  );
}
