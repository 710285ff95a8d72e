import { expect, test } from '@jest/globals';
import { labelsOf } from './labelsOf.js';

test('worldlines of one name are told apart by when they began', () => {
  const at = Date.UTC(2026, 1, 3, 10, 30);
  const line = (name: string, created: number) => ({ name, created });
  const labels = labelsOf([line('main', at), line('wet', at), line('main', at + 60_000)]);
  expect(labels[1]).toBe('wet');
  expect(labels[0]).toBe(`main (${new Date(at).toLocaleString()})`);
  expect(new Set(labels).size).toBe(3);
});
