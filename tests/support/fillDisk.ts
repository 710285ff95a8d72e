import { closeSync, openSync, writeSync } from 'node:fs';

/** Writes until there is no room. */
export function fillDisk(file: string): void {
  const [handle, zeros] = [openSync(file, 'w'), Buffer.alloc(1024 * 1024)];
  try {
    for (let size = zeros.length; size >= 1;) {
      try {
        writeSync(handle, zeros, 0, size);
      } catch {
        size = Math.floor(size / 2);
      }
    }
  } finally {
    closeSync(handle);
  }
}
