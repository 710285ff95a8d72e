import { idOf } from '../objects/hash.js';
import type { JournalRecord } from './records.js';

/** A record on disk: `<16 hex of its hash> <length in bytes> <JSON>` and a newline. */
const HEADER = /([0-9a-f]{16}) ([0-9]{1,9}) (?=\{)/g;
const BEGINNING = new RegExp(`^${HEADER.source}`);
const SUM = 16;
/** No header is longer. */
const HEADER_BYTES = SUM + 1 + 9 + 1;

export function encode(record: JournalRecord): Buffer {
  const json = JSON.stringify(record);
  return Buffer.from(`${sumOf(json)} ${Buffer.byteLength(json)} ${json}\n`);
}

export interface Damage {
  /** Bytes from the journal's beginning. */
  readonly at: number;
  readonly length: number;
  /** It is the end of the file: most likely a write that was cut off. */
  readonly tail: boolean;
}
export interface Decoded {
  readonly records: readonly JournalRecord[];
  /** Where each record stands. */
  readonly places: readonly number[];
  readonly damages: readonly Damage[];
  /** Where the last whole record ends. */
  readonly end: number;
}

/** Every record that is whole, wherever it stands, and where something else is. */
export function decode(bytes: Buffer): Decoded {
  const text = bytes.toString('latin1');
  const records: JournalRecord[] = [];
  const places: number[] = [];
  const damages: Damage[] = [];
  const header = new RegExp(HEADER);
  let good = 0;
  for (let match = header.exec(text); match !== null; match = header.exec(text)) {
    const start = match.index + match[0].length;
    const end = start + Number(match[2]);
    const json = bytes.subarray(start, end);
    if (end > bytes.length || sumOf(json) !== match[1]) {
      header.lastIndex = match.index + 1;
      continue;
    }
    noteGap(text, good, match.index, damages);
    records.push(JSON.parse(json.toString('utf8')) as JournalRecord);
    places.push(match.index);
    good = end;
    header.lastIndex = end;
  }
  noteGap(text, good, text.length, damages);
  return { records, places, damages, end: good };
}

/** How long the record is that begins at a place; null where none does. */
export function lengthOfRecord(bytes: Buffer, at = 0): number | null {
  const match = BEGINNING.exec(bytes.toString('latin1', at, at + HEADER_BYTES + 1));
  return match === null ? null : match[0].length + Number(match[2]);
}

/** The one record that some bytes are; null where they are something else. */
export function readRecord(bytes: Buffer): JournalRecord | null {
  const { records, places, end } = decode(bytes);
  return records.length === 1 && places[0] === 0 && end === bytes.length ? (records[0] ?? null) : null;
}

function noteGap(text: string, from: number, to: number, damages: Damage[]): void {
  const gap = text.slice(from, to);
  if (gap === '' || gap === '\n' || gap.trim() === '') return;
  damages.push({ at: from, length: to - from, tail: to === text.length && !gap.endsWith('\n') });
}

function sumOf(json: Uint8Array | string): string {
  return idOf(json).slice(0, SUM);
}
