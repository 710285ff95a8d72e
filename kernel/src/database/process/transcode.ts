import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** The encoding that the first bytes of a file tell; null where they have no mark. */
export async function markedEncoding(file: string): Promise<'utf-8' | 'utf-16le' | 'utf-16be' | null> {
  const handle = await open(file, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(3), 0, 3, 0);
    const mark = buffer.toString('hex');
    if (mark === 'efbbbf') return 'utf-8';
    return mark.startsWith('fffe') ? 'utf-16le' : mark.startsWith('feff') ? 'utf-16be' : null;
  } finally {
    await handle.close();
  }
}

/** Calls `work` with a copy of a file in UTF-8, without a mark, that is in the workspace meanwhile. */
export async function inUtf8<T>(
  file: string,
  encoding: string,
  work: (copy: string) => Promise<T>,
): Promise<T> {
  const folder = join(process.cwd(), '.worldline');
  const copy = join(folder, `load-${process.pid}.txt`);
  await mkdir(folder, { recursive: true });
  const decoder = new TextDecoder(encoding);
  const decode = async function* (bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  };
  try {
    const [from, to] = [createReadStream(file), createWriteStream(copy)];
    if (/\.gz$/i.test(file)) await pipeline(from, createGunzip(), decode, to);
    else await pipeline(from, decode, to);
    return await work(copy);
  } finally {
    await rm(copy, { force: true });
  }
}

/** What files without a mark are in most often, where they are not UTF-8. */
export const WINDOWS = 'windows-1252';

export function noteWindows(file: string): string {
  return `${basename(file)} is not UTF-8: it was read as Windows-1252 (Latin-1).`;
}
