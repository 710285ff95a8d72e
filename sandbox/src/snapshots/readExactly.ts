import type { FileHandle } from 'node:fs/promises';
import { SnapshotRefusedError } from './SnapshotRefusedError.js';

const CHUNK = 1024 * 1024;

/**
 * The first `bytes` bytes of a file that may change while it is read. The chunks share one buffer: use each before the
 * next. Throws SnapshotRefusedError where the file ends early.
 */
export async function* readExactly(file: FileHandle, bytes: number): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(Math.min(bytes, CHUNK));
  for (let position = 0; position < bytes;) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, bytes - position), position);
    if (bytesRead === 0) throw new SnapshotRefusedError('a file was cut while it was read');
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}
