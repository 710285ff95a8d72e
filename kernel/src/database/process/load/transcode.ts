import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { plural } from '../../../counts.js';
import type { LoadResult } from '../../types.js';
import type { Cancel } from '../cancel.js';
import { loadError } from './loadFailure.js';

type Loaded = Pick<LoadResult, 'rows' | 'rejected' | 'rejects' | 'note'>;

/** What stands for bytes that mean nothing in an encoding. */
const UNREADABLE = '\ufffd';
const COMMON =
  'utf-8, utf-16le, utf-16be, windows-1250 to windows-1258, iso-8859-2 to iso-8859-16, macintosh, koi8-r, ibm866, gb18030, ' +
  'big5, shift_jis, euc-jp, euc-kr';
/** Windows' numbers for encodings that have a name of their own. */
const CODE_PAGES: Readonly<Record<string, string>> = {
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
};

/** The encoding of a name, which may also be one that Python, DuckDB or Windows has for it, such as `latin-1` or `cp1250`. */
export function encodingOf(named: string): string {
  const name = named.trim().toLowerCase().replaceAll('_', '-');
  const page = /^(?:cp|ms|windows|ansi)?-?(\d+)$/.exec(name)?.[1];
  const others = page === undefined ? [] : [CODE_PAGES[page] ?? '', `windows-${page}`, `ibm${page}`];
  for (const each of [name, name.replaceAll('-', ''), `x-${name}`, ...others]) {
    try {
      return new TextDecoder(each).encoding;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  throw loadError(`--encoding ${named} is no encoding that is known here. These are: ${COMMON}.`);
}

/** Calls `work` with a copy of a file in UTF-8, without a mark, that is in the workspace meanwhile. */
export async function inUtf8(
  file: string,
  encoding: string,
  cancel: Cancel,
  work: (copy: string) => Promise<Loaded>,
): Promise<Loaded> {
  if (/\.zst$/i.test(file))
    throw loadError(
      `${basename(file)} is packed: unpacked (zstd -d), it is read in another encoding than UTF-8.`,
    );
  const folder = join(process.cwd(), '.worldline');
  const copy = join(folder, `load-${process.pid}.txt`);
  await mkdir(folder, { recursive: true });
  const decoder = new TextDecoder(encoding);
  let unreadable = 0;
  const counted = (text: string): string => {
    if (text.includes(UNREADABLE)) unreadable += text.split(UNREADABLE).length - 1;
    return text;
  };
  const decode = async function* (bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
    for await (const chunk of bytes) {
      cancel.check();
      yield counted(decoder.decode(chunk, { stream: true }));
    }
    yield counted(decoder.decode());
  };
  try {
    const [from, to] = [createReadStream(file), createWriteStream(copy)];
    if (/\.gz$/i.test(file)) await pipeline(from, createGunzip(), decode, to);
    else await pipeline(from, decode, to);
    const loaded = await work(copy);
    return unreadable === 0 ? loaded : withNote(loaded, noteUnreadable(unreadable, encoding));
  } finally {
    await rm(copy, { force: true });
  }
}

/** What was loaded, with one thing more that is worth knowing of it, before the others. */
export function withNote(loaded: Loaded, note: string): Loaded {
  return { ...loaded, note: [note, loaded.note].filter(Boolean).join('\n') };
}

function noteUnreadable(places: number, encoding: string): string {
  return (
    `${plural(places, 'character')} could not be read as ${encoding}, and ${places === 1 ? 'stands' : 'stand'} as ${UNREADABLE}: ` +
    '--encoding says which encoding it is.'
  );
}

/** What files without a mark are in most often, where they are not UTF-8. */
export const WINDOWS = 'windows-1252';

export function noteWindows(file: string): string {
  return `${basename(file)} is not UTF-8: it was read as Windows-1252 (Latin-1). --encoding names another.`;
}
