import { expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TOPICS } from '../trust/topics.mjs';

const ROOT = join(import.meta.dirname, '../..');
const FILES = ['kernel/src', 'sandbox/src', 'tests'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(
    (name) => `${folder}/${name.replaceAll('\\', '/')}`,
  ),
);

test.each(TOPICS.flatMap(({ lines }) => lines.map(({ title, files }) => [title, files] as const)))(
  'npm run trust has tests of: %s',
  (_title, files) => {
    const tests = FILES.filter((file) => /\.(?:test|trust)\.ts$/.test(file) && files.test(file));
    // Each alternative of a pattern stands for a file that somebody may have moved.
    const alternatives = files.source.split('|').length;
    expect(tests.length).toBeGreaterThanOrEqual(alternatives > 1 ? alternatives : 1);
  },
);
