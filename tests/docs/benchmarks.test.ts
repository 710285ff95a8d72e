import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { written } from '../bench/written.mjs';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

test('the page of the benches, its chart and the table of the README are those of the results', async () => {
  const results = JSON.parse(read('docs/benchmarks.json')) as Parameters<typeof written>[0];
  const files = await written(results, read('README.md'), join(ROOT, 'docs/benchmarks.md'));
  expect(read('docs/benchmarks.md')).toBe(files.page);
  expect(read('docs/images/benchmarks.svg')).toBe(files.chart);
  expect(read('README.md')).toBe(files.readme);
});
