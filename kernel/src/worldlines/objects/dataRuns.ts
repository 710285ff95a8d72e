import { execFile } from 'node:child_process';
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A stretch of a file that may hold something else than zeros. */
export interface Run {
  readonly at: number;
  readonly bytes: number;
}

/** Bytes of holes that are worth a process: Node cannot ask where they are. */
const WORTH = 64 * 1024 * 1024;
/** Bytes of `Stats.blocks`. */
const BLOCK = 512;
const ASK = `
import errno, os, sys
file, end = os.open(sys.argv[1], os.O_RDONLY), 0
while True:
    try:
        at = os.lseek(file, end, os.SEEK_DATA)
    except OSError as error:
        if error.errno == errno.ENXIO: break
        raise
    end = os.lseek(file, at, os.SEEK_HOLE)
    print(at, end - at)
`;
/** Milliseconds, and bytes of answer: untrusted code may write to the file meanwhile, and cut it into any number of runs. */
const LIMITS = { timeout: 10_000, maxBuffer: 1024 * 1024 };

/**
 * Where a file has data, in order; the rest are holes, which read as zeros. Reading them takes a second or more a gigabyte,
 * and fills the system's cache. Where it is not known, or not worth asking, all of the file may be data.
 */
export async function dataRuns(file: FileHandle, { size, blocks }: Stats): Promise<readonly Run[]> {
  const all = [{ at: 0, bytes: size }];
  if (process.platform !== 'linux' || size - blocks * BLOCK < WORTH) return all;
  try {
    const path = `/proc/${process.pid}/fd/${file.fd}`;
    const { stdout } = await promisify(execFile)('python3', ['-I', '-S', '-c', ASK, path], LIMITS);
    return stdout.split('\n').flatMap((line) => {
      const [at = 0, bytes = 0] = line.split(' ').map(Number);
      return bytes > 0 ? [{ at, bytes }] : [];
    });
  } catch {
    return all;
  }
}
