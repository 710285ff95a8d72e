import { WorldlineError } from '../errors.js';
import type { ObjectId } from '../objects/hash.js';

/**
 * What a database file consists of: its headers, and for each block DuckDB's own checksum (the block's first eight
 * bytes) and the object that holds it. Binary, so that versions of it share their pieces.
 */
export interface BlockList {
  readonly size: number;
  readonly blockSize: number;
  /** The three headers, or as much as there is of them. */
  readonly header: Buffer;
  /** 40 bytes a block: checksum, object id. */
  readonly entries: Buffer;
}

export const HEADER_BYTES = 3 * 4096;
export const SUM_BYTES = 8;
export const ENTRY_BYTES = SUM_BYTES + 32;
const MAGIC = 'WLBLOCK2';
const HEAD_BYTES = 8 + 8 + 8;
const PAGE = 4096;
const LENGTH_BYTES = 2;

export function blockCount(size: number, blockSize: number): number {
  return Math.max(0, Math.ceil((size - HEADER_BYTES) / blockSize));
}

export function sumAt(list: BlockList, block: number): Buffer {
  return list.entries.subarray(block * ENTRY_BYTES, block * ENTRY_BYTES + SUM_BYTES);
}
export function idAt(list: BlockList, block: number): ObjectId {
  return list.entries.toString('hex', block * ENTRY_BYTES + SUM_BYTES, (block + 1) * ENTRY_BYTES);
}

/** Of the blocks of `list`, the share that stands at the same place in `other`. */
export function sharedBlocks(list: BlockList, other: BlockList): number {
  if (list.blockSize !== other.blockSize) return 0;
  const common = Math.min(list.entries.length, other.entries.length);
  let same = 0;
  for (let at = 0; at < common; at += ENTRY_BYTES) {
    if (list.entries.compare(other.entries, at, at + ENTRY_BYTES, at, at + ENTRY_BYTES) === 0) same++;
  }
  return same / Math.max(1, list.entries.length / ENTRY_BYTES);
}

export function encodeList(list: BlockList): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(MAGIC, 0, 'latin1');
  head.writeBigUInt64LE(BigInt(list.size), 8);
  head.writeBigUInt64LE(BigInt(list.blockSize), 16);
  return Buffer.concat([head, ...pagesOf(list.header).flatMap(withLength), list.entries]);
}

export function decodeList(bytes: Buffer): BlockList {
  if (bytes.length < HEAD_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) {
    throw new WorldlineError('A database snapshot has a form that this version of Worldline does not know.');
  }
  const size = Number(bytes.readBigUInt64LE(8));
  const header = Buffer.alloc(Math.min(HEADER_BYTES, size));
  let at = HEAD_BYTES;
  for (const page of pagesOf(header)) {
    const start = at + LENGTH_BYTES;
    at = start + bytes.readUInt16LE(at);
    bytes.copy(page, 0, start, at);
  }
  const blockSize = Number(bytes.readBigUInt64LE(16));
  return { size, blockSize, header, entries: bytes.subarray(at) };
}

function pagesOf(header: Buffer): Buffer[] {
  const pages: Buffer[] = [];
  for (let at = 0; at < header.length; at += PAGE) pages.push(header.subarray(at, at + PAGE));
  return pages;
}

/** All but the zeros at its end: a header takes some dozens of its 4096 bytes. */
function withLength(page: Buffer): Buffer[] {
  let used = page.length;
  while (used > 0 && page[used - 1] === 0) used--;
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt16LE(used);
  return [length, page.subarray(0, used)];
}
