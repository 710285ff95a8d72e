import { open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';

/** Bytes that tell whether there is anything in a file, and its encoding. */
const LENGTH = 65_536;

/** The first bytes of a file, as they lie on the disk; null for what cannot be opened, of which DuckDB tells. */
export async function readBeginning(file: string): Promise<Buffer | null> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return null;
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LENGTH), 0, LENGTH, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Whether there is nothing in a file but empty lines and a mark of its encoding. */
export function isEmpty(beginning: Buffer): boolean {
  return beginning.length < LENGTH && beginning.toString('utf8').trim() === '';
}

/** The encoding that the first bytes tell; null where they have no mark. */
export function markedEncoding(beginning: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' | null {
  const mark = beginning.toString('hex', 0, 3);
  if (mark === 'efbbbf') return 'utf-8';
  return mark.startsWith('fffe') ? 'utf-16le' : mark.startsWith('feff') ? 'utf-16be' : null;
}

/** Whether the beginning of a file of that name, unpacked, can be UTF-8. */
export function isUtf8(beginning: Buffer, name: string): boolean {
  if (/\.zst$/i.test(name)) return true;
  try {
    // What ends in the middle of a letter, or of a packed block, is no error here.
    const bytes = /\.gz$/i.test(name)
      ? gunzipSync(beginning, { finishFlush: constants.Z_SYNC_FLUSH })
      : beginning;
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch (error) {
    // What cannot be unpacked, DuckDB tells.
    return (error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA';
  }
}
