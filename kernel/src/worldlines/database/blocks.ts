import { type FileHandle, open } from 'node:fs/promises';
import type { ObjectStore, Tally } from '../objects/ObjectStore.js';
import { writeAt } from '../store/writeAt.js';
import { type BlockList, ENTRY_BYTES, HEADER_BYTES, idAt, sumAt, SUM_BYTES } from './blockList.js';
import { inParallel } from './inParallel.js';
import { readSums, type Shape, shapeOf } from './readBlocks.js';

const WIDTH = 8;

/**
 * Stores a closed or checkpointed database file: only blocks whose checksum differs from the previous list's are read
 * and kept. A header that is as it was means that nothing changed. Nothing may write to the file meanwhile.
 */
export async function captureBlocks(
  path: string,
  previous: BlockList | null,
  objects: ObjectStore,
  tally: Tally,
): Promise<BlockList> {
  const file = await open(path, 'r');
  try {
    const shape = await shapeOf(file);
    const header = await readAt(file, 0, Math.min(HEADER_BYTES, shape.size));
    if (previous?.header.equals(header) === true && previous.size === shape.size) return previous;
    const sums = await readSums(file, shape);
    const entries = Buffer.alloc(shape.blocks * ENTRY_BYTES);
    const changed: number[] = [];
    for (let block = 0; block < shape.blocks; block++) {
      const sum = sums.subarray(block * SUM_BYTES, (block + 1) * SUM_BYTES);
      if (sameBlock(previous, shape, block, sum)) {
        previous?.entries.copy(entries, block * ENTRY_BYTES, block * ENTRY_BYTES, (block + 1) * ENTRY_BYTES);
      } else changed.push(block);
    }
    await inParallel(changed, WIDTH, async (block) => {
      const bytes = await readBlock(file, shape, block);
      const id = await objects.put(bytes, tally);
      bytes.copy(entries, block * ENTRY_BYTES, 0, SUM_BYTES);
      entries.write(id, block * ENTRY_BYTES + SUM_BYTES, 'hex');
    });
    return { size: shape.size, blockSize: shape.blockSize, header, entries };
  } finally {
    await file.close();
  }
}

/** Makes the closed file at `path` equal to the list, touching only blocks that differ. */
export async function restoreBlocks(path: string, list: BlockList, objects: ObjectStore): Promise<void> {
  const file = await open(path, 'a+').then(async (made) => {
    await made.close();
    return open(path, 'r+');
  });
  try {
    const { size } = await file.stat();
    const shape = { size, blockSize: list.blockSize, blocks: list.entries.length / ENTRY_BYTES };
    const live = await readSums(file, shape);
    const wrong: number[] = [];
    for (let block = 0; block < shape.blocks; block++) {
      const end = HEADER_BYTES + (block + 1) * list.blockSize;
      const sum = live.subarray(block * SUM_BYTES, (block + 1) * SUM_BYTES);
      if (Math.min(end, list.size) > size || !sum.equals(sumAt(list, block))) wrong.push(block);
    }
    await writeBlocks(file, list, wrong, objects);
    await writeAt(file, list.header, 0);
    await file.truncate(list.size);
  } finally {
    await file.close();
  }
}

async function writeBlocks(
  file: FileHandle,
  list: BlockList,
  wanted: readonly number[],
  objects: ObjectStore,
): Promise<void> {
  // Memory that is taken anew for each block costs as much as a copy of it.
  const idle: Buffer<ArrayBuffer>[] = [];
  await inParallel(wanted, WIDTH, async (block) => {
    const memory = idle.pop() ?? Buffer.allocUnsafeSlow(list.blockSize);
    const bytes = await objects.readInto(idAt(list, block), memory);
    await writeAt(file, bytes, HEADER_BYTES + block * list.blockSize);
    idle.push(memory);
  });
}

function sameBlock(previous: BlockList | null, shape: Shape, block: number, sum: Buffer): boolean {
  if (previous?.blockSize !== shape.blockSize) return false;
  if (block >= previous.entries.length / ENTRY_BYTES) return false;
  return sumAt(previous, block).equals(sum) && isWhole(previous, block) && isWhole(shape, block);
}

/** A last block that is shorter than the others has no checksum to go by. */
function isWhole(shape: { readonly size: number; readonly blockSize: number }, block: number): boolean {
  return HEADER_BYTES + (block + 1) * shape.blockSize <= shape.size;
}

async function readBlock(file: FileHandle, shape: Shape, block: number): Promise<Buffer> {
  const start = HEADER_BYTES + block * shape.blockSize;
  return readAt(file, start, Math.min(shape.blockSize, shape.size - start));
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let got = 0;
  while (got < length) {
    const { bytesRead } = await file.read(bytes, got, length - got, position + got);
    if (bytesRead === 0) throw new Error('The database file became shorter while it was copied.');
    got += bytesRead;
  }
  return bytes;
}
