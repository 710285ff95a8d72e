import type { FileHandle } from 'node:fs/promises';

/**
 * Writes an empty file. Zeros at its end, as the unused room of a database block, become a hole that takes no disk. Gives
 * the bytes that were written.
 */
export async function writeSparse(file: FileHandle, bytes: Uint8Array): Promise<number> {
  let used = bytes.length;
  while (used > 0 && bytes[used - 1] === 0) used -= 1;
  await file.writeFile(bytes.subarray(0, used));
  if (used < bytes.length) await file.truncate(bytes.length);
  return used;
}
