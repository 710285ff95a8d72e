import { closeSync, openSync, readSync } from 'node:fs';
import { lengthOfRecord, readRecord } from './lines.js';
import type { JournalRecord } from './records.js';

const CHUNK = 128 * 1024;
const CHUNKS = 16;
const LONGEST_HEADER = 64;

/** Records of a journal by their places. They are read in chunks: neighbours come along. */
export class JournalFile {
  readonly #chunks = new Map<number, Buffer>();
  #file: number | null = null;

  constructor(readonly path: string) {}

  /** Null where no whole record stands there. */
  record(at: number): JournalRecord | null {
    const chunk = this.#chunk(Math.floor(at / CHUNK));
    const within = at % CHUNK;
    const length = lengthOfRecord(chunk, within) ?? lengthOfRecord(this.bytes(at, LONGEST_HEADER));
    if (length === null) return null;
    const inChunk = within + length <= chunk.length;
    return readRecord(inChunk ? chunk.subarray(within, within + length) : this.bytes(at, length));
  }

  /** What is there of some bytes. */
  bytes(at: number, length: number): Buffer {
    this.#file ??= openSync(this.path, 'r');
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(this.#file, bytes, 0, length, at));
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    this.#chunks.clear();
  }

  #chunk(number: number): Buffer {
    const known = this.#chunks.get(number);
    if (known !== undefined) return known;
    const [oldest] = this.#chunks.keys();
    if (this.#chunks.size >= CHUNKS && oldest !== undefined) this.#chunks.delete(oldest);
    const chunk = this.bytes(number * CHUNK, CHUNK);
    if (chunk.length === CHUNK) this.#chunks.set(number, chunk);
    return chunk;
  }
}
