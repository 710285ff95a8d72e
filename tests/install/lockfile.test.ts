import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

test('package-lock.json holds the binaries of every platform, so that npm ci works on each', () => {
  const text = readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Readonly<Record<string, Locked>> };
  const locked = Object.keys(packages);
  const missing = Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !locked.some((folder) => folder.endsWith(`node_modules/${name}`)))
      .map((name) => `${from} → ${name}`),
  );
  expect(missing).toEqual([]);
});
