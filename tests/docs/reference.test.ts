import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { CELL_MAGICS } from '../../kernel/src/cells/magics/cellMagics.js';
import { LINE_MAGICS } from '../../kernel/src/cells/magics/registry.js';
import { SETTINGS } from '../../kernel/src/cells/settings/settingSpecs.js';
import { sourcesIn } from './sources.js';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/reference.md'), 'utf8');

describe('docs/reference.md', () => {
  const magics = [
    ...CELL_MAGICS.map((magic) => ({ ...magic, title: `%%${magic.name}` })),
    ...LINE_MAGICS.map((magic) => ({ ...magic, title: `%${magic.name}` })),
  ];

  test('has every magic, and no other', () => {
    const titles = [...PAGE.matchAll(/^### `(%.+)`$/gm)].map(([, title]) => title);
    expect(titles).toEqual(magics.map(({ title }) => title));
  });

  test.each(magics)('$title: usage, meaning, options and their choices', (magic) => {
    const { title, usage, about, details, examples = [], options } = magic;
    const section = sectionOf(`### \`${title}\``);
    expect(section).toContain(`\`\`\`text\n${usage}\n\`\`\``);
    expect(section).toContain(`\n${[about, details].filter(Boolean).join(' ')}\n`);
    for (const example of examples) expect(section).toContain(example);
    const told = [...section.matchAll(/^- `(--[^`]+)`: (.*)$/gm)];
    expect(told.map(([, form]) => form)).toEqual(
      options.map(({ name, value }) => `--${name}${value === undefined ? '' : ` ${value}`}`),
    );
    options.forEach(({ about: meaning, choices = [] }, index) => {
      expect(told[index]?.[2]?.startsWith(meaning)).toBe(true);
      for (const choice of choices) expect(told[index]?.[2]).toContain(`\`${choice}\``);
    });
  });

  test('has every setting, with its choices, default and variable, and no other', () => {
    const rows = tableOf(sectionOf('## Settings'));
    expect(rows.map(([name]) => name)).toEqual(SETTINGS.map(({ name }) => `\`${name}\``));
    SETTINGS.forEach(({ choices = [], fallback, variable, about }, index) => {
      const [, values, standard, environment, meaning] = rows[index] ?? [];
      expect(meaning?.replaceAll('`', '')).toBe(about);
      for (const choice of choices) expect(values).toContain(`\`${choice}\``);
      expect(standard).toBe(fallback === undefined ? '–' : `\`${fallback}\``);
      expect(environment).toBe(variable === undefined ? '–' : `\`${variable}\``);
    });
  });

  test('has every environment variable that the code reads, and no other', () => {
    const told = tableOf(sectionOf('## Environment variables')).map(([name]) => name?.replaceAll('`', ''));
    expect([...told].sort()).toEqual([...variablesRead()].sort());
    expect(new Set(told).size).toBe(told.length);
  });
});

/** From a heading to the next one of its level or above. */
function sectionOf(heading: string): string {
  const level = heading.indexOf(' ');
  const from = PAGE.indexOf(`\n${heading}\n`);
  expect(from).toBeGreaterThan(-1);
  const rest = PAGE.slice(from + heading.length + 1);
  const end = new RegExp(`^#{1,${level}} `, 'm').exec(rest);
  return end === null ? rest : rest.slice(0, end.index);
}

/** The rows of all tables of a section, without their heads. */
function tableOf(section: string): string[][] {
  return [...section.matchAll(/^\| (.*) \|$/gm)]
    .map(([, row]) => (row ?? '').split(' | ').map((cell) => cell.trim()))
    .filter(([first]) => first?.startsWith('`') === true);
}

/** Names of variables, in the ways in which the sources read them. */
function variablesRead(): Set<string> {
  const found = new Set(SETTINGS.flatMap(({ variable }) => variable ?? []));
  const ways = [
    /\b(?:env|environment)\.([A-Z][A-Z0-9_]+)/g,
    /\b(?:env|environment)\['([A-Z][A-Z0-9_]+)'\]/g,
    /\bread(?:Within)?(?:<[^(]*>)?\('([A-Z][A-Z0-9_]+)'/g,
  ];
  for (const { text } of [...sourcesIn('kernel/src'), ...sourcesIn('sandbox/src')]) {
    for (const way of ways) for (const [, name] of text.matchAll(way)) found.add(name ?? '');
    for (const [, names] of text.matchAll(/const \{([^}]*)\} = process\.env/g))
      for (const [name] of (names ?? '').matchAll(/[A-Z][A-Z0-9_]+/g)) found.add(name);
  }
  return found;
}
