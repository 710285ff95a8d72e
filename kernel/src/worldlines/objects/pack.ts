import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { writeAt } from '../store/writeAt.js';
import type { Copied } from './copyHashed.js';
import { dataRuns, type Run } from './dataRuns.js';
import type { ObjectId } from './hash.js';

/** Zeros are left out where a whole unit is nothing else: a file of gigabytes may hold a few bytes. */
const UNIT = 1024 * 1024;
const ZEROS = Buffer.alloc(UNIT);
/** What follows the data of a packed file: for each run of it, where it begins and its bytes; then how many runs there are. */
const RUN_BYTES = 16;
const COUNT_BYTES = 8;

/**
 * Copies what can be read from a file's beginning, at most `limit` bytes, into an empty one: as it is, or, where it has long
 * stretches of zeros, without them and with a list of what stood where. Which of both is a matter of the content alone. The
 * id is that of the copy.
 */
export async function pack(
  from: FileHandle,
  to: FileHandle,
  limit: number,
): Promise<Copied & { readonly packed: boolean }> {
  const stats = await from.stat();
  const length = Math.min(stats.size, limit);
  const units = unitsOf(await dataRuns(from, stats), length);
  const sum = createHash('sha256');
  const runs: { readonly at: number; bytes: number }[] = [];
  let [bytes, written] = [length, 0];
  const append = async (data: Uint8Array): Promise<void> => {
    sum.update(data);
    await writeAt(to, data, written);
    written += data.length;
  };
  const read = async (buffer: Buffer<ArrayBuffer>): Promise<{ at: number; unit: Buffer } | null> => {
    const { value: at } = units.next();
    return at === undefined ? null : { at, unit: await readAt(from, buffer, at, length) };
  };
  let [buffer, next] = [
    Buffer.allocUnsafe(Math.min(UNIT, length)),
    Buffer.allocUnsafe(Math.min(UNIT, length)),
  ];
  let reading = read(buffer);
  for (let found = await reading; found !== null; found = await reading) {
    const { at, unit } = found;
    // The next one is read meanwhile.
    reading = read(next);
    reading.catch(() => undefined);
    if (length <= UNIT || !unit.equals(ZEROS.subarray(0, unit.length))) {
      const last = runs.at(-1);
      if (last !== undefined && last.at + last.bytes === at) last.bytes += unit.length;
      else runs.push({ at, bytes: unit.length });
      await append(unit);
    }
    if (unit.length < Math.min(UNIT, length - at)) {
      // It became shorter meanwhile.
      bytes = at + unit.length;
      break;
    }
    [buffer, next] = [next, buffer];
  }
  const packed = written < bytes;
  if (packed) await append(encodeRuns(runs));
  return { id: sum.digest('hex'), bytes, written, packed };
}

/** Where the units begin that may hold something else than zeros. */
function* unitsOf(runs: readonly Run[], length: number): Generator<number, undefined> {
  let next = 0;
  for (const { at, bytes } of runs) {
    const end = Math.min(at + bytes, length);
    for (next = Math.max(next, at - (at % UNIT)); next < end; next += UNIT) yield next;
  }
}

/** Writes what was packed into an empty file, with its holes. Gives the id of what was read; null where that was never packed. */
export async function unpack(from: FileHandle, to: FileHandle, bytes: number): Promise<ObjectId | null> {
  const { size } = await from.stat();
  const tail = await readRuns(from, size, bytes);
  if (tail === null) return null;
  const sum = createHash('sha256');
  const buffer = Buffer.allocUnsafe(Math.min(UNIT, size));
  let read = 0;
  for (const run of tail.runs) {
    for (let done = 0; done < run.bytes;) {
      const part = await readAt(from, buffer.subarray(0, run.bytes - done), read, size);
      if (part.length === 0) return null;
      sum.update(part);
      await writeAt(to, part, run.at + done);
      done += part.length;
      read += part.length;
    }
  }
  await to.truncate(bytes);
  return sum.update(tail.encoded).digest('hex');
}

function encodeRuns(runs: readonly Run[]): Buffer {
  const encoded = Buffer.alloc(runs.length * RUN_BYTES + COUNT_BYTES);
  runs.forEach(({ at, bytes }, index) => {
    encoded.writeBigUInt64LE(BigInt(at), index * RUN_BYTES);
    encoded.writeBigUInt64LE(BigInt(bytes), index * RUN_BYTES + 8);
  });
  encoded.writeBigUInt64LE(BigInt(runs.length), runs.length * RUN_BYTES);
  return encoded;
}

/** Null where they do not describe a file of so many bytes, of which the data is all that stands before them. */
async function readRuns(
  from: FileHandle,
  size: number,
  bytes: number,
): Promise<{ readonly runs: readonly Run[]; readonly encoded: Buffer } | null> {
  const last = await readAt(from, Buffer.alloc(COUNT_BYTES), size - COUNT_BYTES, size);
  if (last.length < COUNT_BYTES) return null;
  const length = Number(last.readBigUInt64LE()) * RUN_BYTES + COUNT_BYTES;
  if (length > size) return null;
  const encoded = await readAt(from, Buffer.alloc(length), size - length, size);
  const runs: Run[] = [];
  let [end, data] = [0, 0];
  for (let at = 0; at + COUNT_BYTES < encoded.length; at += RUN_BYTES) {
    const run = { at: Number(encoded.readBigUInt64LE(at)), bytes: Number(encoded.readBigUInt64LE(at + 8)) };
    if (run.at < end) return null;
    end = run.at + run.bytes;
    data += run.bytes;
    runs.push(run);
  }
  return end <= bytes && data + length === size ? { runs, encoded } : null;
}

/** As much of a file as fits, and as there is of it before `limit`. */
async function readAt(
  file: FileHandle,
  buffer: Buffer<ArrayBuffer>,
  position: number,
  limit: number,
): Promise<Buffer<ArrayBuffer>> {
  const wanted = Math.min(buffer.length, limit - position);
  if (position < 0) return buffer.subarray(0, 0);
  let done = 0;
  while (done < wanted) {
    const { bytesRead } = await file.read(buffer, done, wanted - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}
