import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

test('docs/architecture.md has every file and folder of a store, and no other', () => {
  const [, drawn = ''] = /```text\n(notebooks\/<id>\/[^`]*)```/.exec(textOf('docs/architecture.md')) ?? [];
  const told = [...drawn.matchAll(/^ {2}([\w.]+)/gm)].map(([, name]) => name);
  const folder = textOf('kernel/src/worldlines/store/StoreFolder.ts');
  const made = [...folder.matchAll(/join\(this\.path, '([\w.]+)'/g)].map(([, name]) => name);
  expect(made.length).toBeGreaterThan(5);
  expect(told.sort()).toEqual([...new Set(made)].sort());
});
