import { expect, test } from '@jest/globals';
import { columnWidth } from './columnWidth.js';

test('a column is as wide as its text, within limits', () => {
  expect(columnWidth({ name: 'i', kind: 'number' }, ['1', null])).toBe(60);
  expect(columnWidth({ name: 'item', kind: 'text' }, ['a name of 20 letters'])).toBe(184);
  expect(columnWidth({ name: 'text', kind: 'text' }, ['x'.repeat(1000)])).toBe(320);
});

test('every number of DuckDB has room to be shown whole', () => {
  for (const number of [`-${'9'.repeat(39)}`, `-0.${'1'.repeat(38)}`, '-1.7976931348623157e+308'])
    expect(columnWidth({ name: 'n', kind: 'number' }, [number])).toBe(number.length * 9 + 24);
});
