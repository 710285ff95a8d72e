import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const PAGE = readFileSync('docs/dependencies.md', 'utf8');
const told = new Map(
  [...PAGE.matchAll(/^\| `([^`]+)` +\| ([^|]+?) +\|$/gm)].map(([, name, reason]) => [
    name ?? '',
    reason ?? '',
  ]),
);

interface Package {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}
const MANIFESTS = [
  'package.json',
  'kernel/package.json',
  'sandbox/package.json',
  'labextension/package.json',
];
const wanted = MANIFESTS.flatMap((file) => {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(file, 'utf8')) as Package;
  return Object.entries({ ...dependencies, ...devDependencies });
});
const python = [
  'install/requirements.txt',
  'tests/requirements.txt',
  'sandbox/image/requirements.txt',
].flatMap((file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('-')),
);

test('each npm dependency is pinned to one version', () => {
  expect(wanted.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

test('each Python dependency is pinned to one version', () => {
  expect(python.filter((line) => !/^[\w.[\]-]+==[\w.]+( ?;.*)?$/.test(line))).toEqual([]);
});

test('each dependency has its reason, and each reason its dependency', () => {
  const names = [
    ...wanted.map(([name]) => name),
    ...python.map((line) => line.replace(/==.*$/, '').replace(/\[.*$/, '')),
  ];
  const covered = (name: string): boolean =>
    told.has(name) || [...told.keys()].some((it) => it.endsWith('*') && name.startsWith(it.slice(0, -1)));
  expect([...new Set(names)].filter((name) => !covered(name))).toEqual([]);
  const used = (it: string): boolean =>
    it.endsWith('*') ? names.some((name) => name.startsWith(it.slice(0, -1))) : names.includes(it);
  expect([...told.keys()].filter((it) => !used(it))).toEqual([]);
  for (const reason of told.values()) expect(reason.length).toBeGreaterThan(5);
});
