import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { errorCode } from '../../errors.js';
import type { Entry, Table } from './Table.js';
import {
  ENTRIES,
  ENTRY_BYTES,
  entryPages,
  type Head,
  HEAD_BYTES,
  ID,
  isWhole,
  MAGIC,
  PAGE,
  SLOT_BYTES,
  slotOf,
  slotPages,
  SLOTS,
} from './format.js';

/** An index has pages that are not what was written. Its journal still has everything. */
export class IndexDamagedError extends Error {
  override readonly name = 'IndexDamagedError';
}

/** A journal's index on disk; only pages that are asked for are read. */
export class IndexFile implements Table {
  readonly #pages = new Map<number, Buffer>();

  private constructor(
    private readonly file: number,
    readonly head: Head,
    private readonly firstPage: number,
  ) {}

  /** Null where there is none that can be used. */
  static open(path: string): IndexFile | null {
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    }
    const found = readHead(file);
    if (found === null) closeSync(file);
    return found === null ? null : new IndexFile(file, found.head, found.pages);
  }

  get count(): number {
    return this.head.count;
  }

  entry(ordinal: number): Entry {
    const page = this.#page(this.firstPage + Math.floor(ordinal / ENTRIES));
    const start = (ordinal % ENTRIES) * ENTRY_BYTES;
    const stateAt = page.readUIntLE(start + 11, 5);
    return {
      id: page.toString('hex', start, start + 6),
      at: page.readUIntLE(start + 6, 5),
      stateAt: stateAt === 0 ? null : stateAt,
    };
  }

  find(id: string): number | null {
    if (!ID.test(id)) return null;
    const slots = slotPages(this.count) * SLOTS;
    const first = this.firstPage + entryPages(this.count);
    for (let slot = slotOf(id, slots), left = slots; left > 0; slot = (slot + 1) % slots, left--) {
      const page = this.#page(first + Math.floor(slot / SLOTS));
      const ordinal = page.readUInt32LE((slot % SLOTS) * SLOT_BYTES) - 1;
      if (ordinal < 0) return null;
      if (this.entry(ordinal).id === id) return ordinal;
    }
    return null;
  }

  close(): void {
    closeSync(this.file);
  }

  #page(number: number): Buffer {
    const known = this.#pages.get(number);
    if (known !== undefined) return known;
    const page = Buffer.alloc(PAGE);
    readSync(this.file, page, 0, PAGE, number * PAGE);
    if (!isWhole(page)) throw new IndexDamagedError(`Page ${number} of an index is damaged.`);
    this.#pages.set(number, page);
    return page;
  }
}

function readHead(file: number): { head: Head; pages: number } | null {
  const { size } = fstatSync(file);
  const start = Buffer.alloc(HEAD_BYTES);
  readSync(file, start, 0, HEAD_BYTES, 0);
  const length = start.readUInt32LE(MAGIC.length);
  if (start.toString('latin1', 0, MAGIC.length) !== MAGIC || HEAD_BYTES + length > size) return null;
  const text = Buffer.alloc(length);
  readSync(file, text, 0, length, HEAD_BYTES);
  if (crc32(text) !== start.readUInt32LE(MAGIC.length + 4)) return null;
  const head = JSON.parse(text.toString('utf8')) as Head;
  const pages = Math.ceil((HEAD_BYTES + length) / PAGE);
  return size === (pages + entryPages(head.count) + slotPages(head.count)) * PAGE ? { head, pages } : null;
}
