import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { VERSION } from '../../kernel/src/cells/kernelInfo.js';

const ROOT = join(import.meta.dirname, '../..');
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

test.each(['.', 'kernel', 'sandbox', 'labextension'])(
  'the package in %s has the version that the kernel says',
  (folder) => {
    const { version } = JSON.parse(textOf(join(folder, 'package.json'))) as { version: string };
    expect(version).toBe(VERSION);
  },
);

test('README and CHANGELOG are of that version', () => {
  expect(textOf('README.md').match(/worldline-[\d.]+\.tgz/g)).toEqual([`worldline-${VERSION}.tgz`]);
  expect(/^## (\d\S*)/m.exec(textOf('CHANGELOG.md'))?.[1]).toBe(VERSION);
});
