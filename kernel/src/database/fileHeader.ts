import { open } from 'node:fs/promises';

/**
 * The iteration numbers in the two database headers of a DuckDB file: a checkpoint that wrote something changes one of
 * them. See FILE-FORMAT.md.
 */
export async function readIterations(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const header = Buffer.alloc(12288);
    await handle.read(header, 0, header.length, 0);
    return `${header.readBigUInt64LE(4104)}:${header.readBigUInt64LE(8200)}`;
  } finally {
    await handle.close();
  }
}
