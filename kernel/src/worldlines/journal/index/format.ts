import { crc32 } from 'node:zlib';
import type { Kept } from './Draft.js';
import type { Table } from './Table.js';

/**
 * An index file: a head of one or more pages, pages of entries in the journal's order, pages of a hash table from ids to
 * places. Each page ends in its checksum, so what is read of it is either right or known to be wrong.
 */
export const PAGE = 4096;
const BODY = PAGE - 4;
export const MAGIC = 'WLINDEX1';
export const HEAD_BYTES = MAGIC.length + 8;

/** What an id of a checkpoint looks like. */
export const ID = /^[0-9a-f]{12}$/;
/** Six bytes of id, five of each place; a place of zero is none. */
export const ENTRY_BYTES = 16;
export const ENTRIES = Math.floor(BODY / ENTRY_BYTES);
/** Four bytes: the ordinal and one more; zero is free. */
export const SLOT_BYTES = 4;
export const SLOTS = Math.floor(BODY / SLOT_BYTES);

/** What a worldline came to by the records that the index covers. */
export interface LineTotals {
  readonly id: string;
  readonly head: string;
  readonly cells: number;
  readonly bytes: number;
  readonly lastUsed: number;
  readonly running: string | null;
}
export interface Head {
  /** Bytes of the journal that it covers. */
  readonly end: number;
  readonly count: number;
  readonly kept: readonly Kept[];
  readonly lines: readonly LineTotals[];
}

export function slotPages(count: number): number {
  return Math.max(1, Math.ceil((2 * count + 1) / SLOTS));
}
export function entryPages(count: number): number {
  return Math.ceil(count / ENTRIES);
}
/** Where the search for an id begins. */
export function slotOf(id: string, slots: number): number {
  return parseInt(id.slice(0, 8), 16) % slots;
}
export function seal(page: Buffer): void {
  page.writeUInt32LE(crc32(page.subarray(0, BODY)), BODY);
}
export function isWhole(page: Buffer): boolean {
  return page.length === PAGE && page.readUInt32LE(BODY) === crc32(page.subarray(0, BODY));
}

export function encodeIndex(head: Head, table: Table): Buffer {
  const text = Buffer.from(JSON.stringify(head));
  const headPages = Math.ceil((HEAD_BYTES + text.length) / PAGE);
  const [entries, slots] = [entryPages(head.count), slotPages(head.count)];
  const bytes = Buffer.alloc((headPages + entries + slots) * PAGE);
  bytes.write(MAGIC, 0, 'latin1');
  bytes.writeUInt32LE(text.length, MAGIC.length);
  bytes.writeUInt32LE(crc32(text), MAGIC.length + 4);
  text.copy(bytes, HEAD_BYTES);
  const pageAt = (page: number): Buffer => bytes.subarray(page * PAGE, (page + 1) * PAGE);
  const slotAt = (slot: number): number =>
    (headPages + entries + Math.floor(slot / SLOTS)) * PAGE + (slot % SLOTS) * SLOT_BYTES;
  for (let ordinal = 0; ordinal < head.count; ordinal++) {
    const { id, at, stateAt } = table.entry(ordinal);
    const page = pageAt(headPages + Math.floor(ordinal / ENTRIES));
    const start = (ordinal % ENTRIES) * ENTRY_BYTES;
    page.write(id, start, 'hex');
    writePlace(page, at, start + 6);
    writePlace(page, stateAt ?? 0, start + 11);
    let slot = slotOf(id, slots * SLOTS);
    while (bytes.readUInt32LE(slotAt(slot)) !== 0) slot = (slot + 1) % (slots * SLOTS);
    bytes.writeUInt32LE(ordinal + 1, slotAt(slot));
  }
  for (let page = headPages; page * PAGE < bytes.length; page++) seal(pageAt(page));
  return bytes;
}

/** `writeUIntLE` goes to six bytes, and five are a terabyte. */
function writePlace(page: Buffer, place: number, at: number): void {
  page.writeUIntLE(place, at, 5);
}
