import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** As GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

describe('the documents', () => {
  const all = [
    ...PAGES.map((name) => `docs/${name}`),
    ...['CONTRIBUTING.md', 'CHANGELOG.md', 'README.md', 'examples/data/README.md'],
    ...['sandbox/README.md', 'sandbox/PROTOCOL.md', 'sandbox/image/runner/snapshot/SNAPSHOT.md'],
    'kernel/src/database/FILE-FORMAT.md',
  ];

  test.each(all)('%s links to files that are there', (page) => {
    const links = [...textOf(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      ([, target]) => target ?? '',
    );
    const local = links.filter((target) => !/^[a-z]+:/.test(target));
    expect(local.filter((target) => !existsSync(join(ROOT, dirname(page), target)))).toEqual([]);
  });

  test.each(all)('%s links to headings that are there', (page) => {
    const links = [...textOf(page).matchAll(/\]\(([^)#\s:]*)#([^)\s]+)\)/g)];
    const missing = links.filter(([, target = '', anchor = '']) => {
      const text = textOf(target === '' ? page : join(dirname(page), target));
      return ![...text.matchAll(/^#+ (.*)$/gm)].some(([, heading = '']) => anchorOf(heading) === anchor);
    });
    expect(missing.map(([link]) => link)).toEqual([]);
  });

  test.each(all)('%s names files of the project that are there', (page) => {
    const named = [...textOf(page).matchAll(/`((?:kernel|sandbox|tests|labextension|install)\/[\w./-]+)`/g)];
    expect(named.map(([, path]) => path ?? '').filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('every page is reached from docs/README.md', () => {
    const index = textOf('docs/README.md');
    for (const page of PAGES.filter((name) => name !== 'README.md')) expect(index).toContain(`](${page})`);
  });
});
