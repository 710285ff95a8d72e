import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decode, encode } from './lines.js';
import type { JournalRecord } from './records.js';

const RECORDS: JournalRecord[] = Array.from({ length: 20 }, (_, n) => ({
  ...{ t: 'rename', worldline: `w${n}`, name: `{"a": "ü\\n${'x'.repeat(n)}"} 0123456789abcdef 12 {` },
}));
const BYTES = Buffer.concat(RECORDS.map(encode));
const ENDS = RECORDS.map((_, n) => Buffer.concat(RECORDS.slice(0, n + 1).map(encode)).length);

describe('a journal', () => {
  test('reads what was written', () => {
    const places = [0, ...ENDS.slice(0, -1)];
    expect(decode(BYTES)).toEqual({ records: RECORDS, places, damages: [], end: BYTES.length - 1 });
  });

  test('cut anywhere, has every record before the cut', () => {
    for (let cut = 0; cut <= BYTES.length; cut++) {
      const whole = ENDS.filter((end) => end - 1 <= cut).length;
      const { records, damages } = decode(BYTES.subarray(0, cut));
      expect(records).toEqual(RECORDS.slice(0, whole));
      expect(damages.every((damage) => damage.tail)).toBe(true);
    }
  });

  test('with bytes changed anywhere, loses only the records that they stand in, and says where', () => {
    fc.assert(
      fc.property(fc.nat(BYTES.length - 1), fc.uint8Array({ minLength: 1, maxLength: 8 }), (at, noise) => {
        const bytes = Buffer.from(BYTES);
        bytes.set(noise.subarray(0, bytes.length - at), at);
        if (bytes.equals(BYTES)) return;
        const hit = new Set<number>();
        for (let byte = at; byte < Math.min(at + noise.length, bytes.length); byte++) {
          const record = ENDS.findIndex((end) => byte < end);
          if (bytes[byte] !== BYTES[byte] && byte !== (ENDS[record] ?? 0) - 1) hit.add(record);
        }
        const { records, damages } = decode(bytes);
        expect(records).toEqual(RECORDS.filter((_, n) => !hit.has(n)));
        if (hit.size > 0) expect(damages.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
