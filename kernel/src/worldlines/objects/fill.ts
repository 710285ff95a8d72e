import { open } from 'node:fs/promises';

/** Reads a file into memory that is there, as far as it goes; gives the part that holds it. */
export async function fill(memory: Buffer<ArrayBuffer>, path: string): Promise<Buffer<ArrayBuffer>> {
  const file = await open(path, 'r');
  try {
    let length = 0;
    while (length < memory.length) {
      const { bytesRead } = await file.read(memory, length, memory.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return memory.subarray(0, length);
  } finally {
    await file.close();
  }
}
