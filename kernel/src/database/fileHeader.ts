import { closeSync, openSync, readSync } from 'node:fs';

/** Where the two database headers have their iteration numbers. */
const [FIRST, SECOND] = [4104, 8200];

/**
 * The iteration numbers in the two database headers of a DuckDB file: a checkpoint that wrote something changes one of
 * them. See FILE-FORMAT.md. Some microseconds: it is asked after each cell.
 */
export function readIterations(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const headers = Buffer.alloc(SECOND - FIRST + 8);
    readSync(descriptor, headers, 0, headers.length, FIRST);
    return `${headers.readBigUInt64LE(0)}:${headers.readBigUInt64LE(SECOND - FIRST)}`;
  } finally {
    closeSync(descriptor);
  }
}
