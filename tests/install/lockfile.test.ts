import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8'),
) as { packages: Readonly<Record<string, Locked>> };

test('package-lock.json says what each package must be to the byte', () => {
  const loose = Object.entries(packages)
    .filter(
      ([folder, { integrity, link }]) => folder.includes('node_modules/') && !integrity && link !== true,
    )
    .map(([folder]) => folder)
    // Not every registry has the binaries of every platform.
    .filter((folder) => !/\/@(?:duckdb\/node-bindings|rspack\/binding)-/.test(folder));
  expect(loose).toEqual([]);
});

test('package-lock.json holds the binaries of every platform, so that npm ci works on each', () => {
  const locked = Object.keys(packages);
  const missing = Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !locked.some((folder) => folder.endsWith(`node_modules/${name}`)))
      .map((name) => `${from} → ${name}`),
  );
  expect(missing).toEqual([]);
});
