import { expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { Signer } from './Signer.js';

const parts = ['{"a":1}', '{}', '{}', '{"b":2}'].map((text) => Buffer.from(text));
const expected = createHmac('sha256', 'key').update(Buffer.concat(parts)).digest('hex');

test('signs the bytes of all parts, as hex', () => {
  expect(new Signer('key', 'sha256').sign(parts)).toBe(expected);
});

test('accepts a right signature once', () => {
  const signer = new Signer('key', 'sha256');
  expect(signer.accept(Buffer.from(expected), parts)).toBe(true);
  expect(signer.accept(Buffer.from(expected), parts)).toBe(false);
});

test.each(['', expected.slice(1), `${expected}0`, expected.toUpperCase(), '0'.repeat(64)])(
  'refuses %j',
  (signature) => {
    expect(new Signer('key', 'sha256').accept(Buffer.from(signature), parts)).toBe(false);
  },
);

test('a refused signature is not remembered', () => {
  const signer = new Signer('key', 'sha256');
  signer.accept(Buffer.from(expected), [...parts].reverse());
  expect(signer.accept(Buffer.from(expected), parts)).toBe(true);
});

test('remembers the last 32,768 signatures at least', () => {
  const signer = new Signer('key', 'sha256');
  const numbered = (n: number) => [Buffer.from(String(n))];
  const send = (n: number) => signer.accept(Buffer.from(signer.sign(numbered(n))), numbered(n));
  for (let n = 0; n < 50_000; n += 1) send(n);
  expect([17_300, 30_000, 49_999].map(send)).toEqual([false, false, false]);
});

test('an empty key signs nothing and accepts only an empty signature, as often as it comes', () => {
  const signer = new Signer('', 'sha256');
  expect(signer.sign(parts)).toBe('');
  expect([Buffer.alloc(0), Buffer.alloc(0), Buffer.from('x')].map((it) => signer.accept(it, parts))).toEqual([
    true,
    true,
    false,
  ]);
});

test('a hash that Node does not know is refused at once', () => {
  expect(() => new Signer('key', 'sha0815')).toThrow();
});
