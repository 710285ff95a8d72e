import { WorldlineError } from '../errors.js';
import type { ObjectId } from '../objects/hash.js';

/**
 * What a database file consists of: its header, and for each block DuckDB's own checksum (the block's first eight
 * bytes) and the object that holds it. Binary, so that versions of it share their pieces.
 */
export interface BlockList {
  readonly size: number;
  readonly blockSize: number;
  readonly header: ObjectId;
  /** 40 bytes a block: checksum, object id. */
  readonly entries: Buffer;
}

export const HEADER_BYTES = 3 * 4096;
export const SUM_BYTES = 8;
export const ENTRY_BYTES = SUM_BYTES + 32;
const MAGIC = 'WLBLOCK1';
const HEAD_BYTES = 8 + 8 + 8 + 32;

export function blockCount(size: number, blockSize: number): number {
  return Math.max(0, Math.ceil((size - HEADER_BYTES) / blockSize));
}

export function sumAt(list: BlockList, block: number): Buffer {
  return list.entries.subarray(block * ENTRY_BYTES, block * ENTRY_BYTES + SUM_BYTES);
}
export function idAt(list: BlockList, block: number): ObjectId {
  return list.entries.toString('hex', block * ENTRY_BYTES + SUM_BYTES, (block + 1) * ENTRY_BYTES);
}

export function encodeList(list: BlockList): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(MAGIC, 0, 'latin1');
  head.writeBigUInt64LE(BigInt(list.size), 8);
  head.writeBigUInt64LE(BigInt(list.blockSize), 16);
  head.write(list.header, 24, 'hex');
  return Buffer.concat([head, list.entries]);
}

export function decodeList(bytes: Buffer): BlockList {
  if (bytes.length < HEAD_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) {
    throw new WorldlineError('A database snapshot has a form that this version of Worldline does not know.');
  }
  return {
    size: Number(bytes.readBigUInt64LE(8)),
    blockSize: Number(bytes.readBigUInt64LE(16)),
    header: bytes.toString('hex', 24, HEAD_BYTES),
    entries: bytes.subarray(HEAD_BYTES),
  };
}
