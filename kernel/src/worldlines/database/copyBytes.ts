import { type FileHandle, open } from 'node:fs/promises';
import { writeAt } from '../store/writeAt.js';
import { inParallel } from './inParallel.js';

/** Fits a processor's cache, which twice as much need not. */
const CHUNK = 256 * 1024;
/** As many threads as Node reads and writes with. */
const WIDTH = 4;

/**
 * Copies a large file that need not be on the disk at once, for file systems that share no blocks. `fs.copyFile` would cut
 * the copy to nothing first, and ext4 then has its close wait until room on the disk is found for all of it: as long again.
 */
export async function copyBytes(from: string, to: string): Promise<void> {
  const source = await open(from, 'r');
  try {
    const { size, mode } = await source.stat();
    const target = await open(to, 'w', mode);
    try {
      let next = 0;
      await inParallel(
        Array.from({ length: WIDTH }, () => Buffer.allocUnsafeSlow(CHUNK)),
        WIDTH,
        async (buffer) => {
          while (next < size) {
            const at = next;
            next += CHUNK;
            await copyChunk(source, target, at, buffer);
          }
        },
      );
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** A file that became shorter meanwhile has no more to give. */
async function copyChunk(source: FileHandle, target: FileHandle, at: number, buffer: Buffer): Promise<void> {
  let done = 0;
  while (done < buffer.length) {
    const { bytesRead } = await source.read(buffer, done, buffer.length - done, at + done);
    if (bytesRead === 0) return;
    await writeAt(target, buffer.subarray(done, done + bytesRead), at + done);
    done += bytesRead;
  }
}
