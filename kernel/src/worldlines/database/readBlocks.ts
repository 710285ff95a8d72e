import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { blockCount, HEADER_BYTES, SUM_BYTES } from './blockList.js';

/** DuckDB's block size where the file does not tell another. */
const DEFAULT_BLOCK = 256 * 1024;
/** Offset of `block_alloc_size` in each of the two database headers. */
const BLOCK_SIZE_AT = 8 + 8 + 8 + 8 + 8;
const ITERATION_AT = 8;
const SLICE = 512;

export interface Shape {
  readonly size: number;
  readonly blockSize: number;
  readonly blocks: number;
}

/** The size of a database file and of its blocks, from the newer of its two headers. */
export async function shapeOf(file: FileHandle): Promise<Shape> {
  const { size } = await file.stat();
  const header = Buffer.alloc(HEADER_BYTES);
  await file.read(header, 0, HEADER_BYTES, 0);
  const newer =
    header.readBigUInt64LE(4096 + ITERATION_AT) >= header.readBigUInt64LE(8192 + ITERATION_AT) ? 4096 : 8192;
  const told = header.readBigUInt64LE(newer + BLOCK_SIZE_AT);
  const blockSize = told >= 16_384n && told <= 262_144n ? Number(told) : DEFAULT_BLOCK;
  return { size, blockSize, blocks: blockCount(size, blockSize) };
}

/** The checksums that stand at the beginning of each block, eight bytes each. */
export async function readSums(file: FileHandle, shape: Shape): Promise<Buffer> {
  const sums = Buffer.alloc(shape.blocks * SUM_BYTES);
  for (let block = 0; block < shape.blocks; block++) {
    readSync(file.fd, sums, block * SUM_BYTES, SUM_BYTES, HEADER_BYTES + block * shape.blockSize);
    if (block % SLICE === SLICE - 1) await setImmediate();
  }
  return sums;
}
