import { expect, test } from '@jest/globals';
import { languageOfCell, mimeOfCell } from './cellLanguage.js';

test.each([
  ['%%sql\nselect 1', 'sql'],
  ['%%sql df << --limit 3\nselect 1', 'sql'],
  ['\n%%python --timeout 3\nx = 1', 'python'],
  ['%%ask --max-steps 3\nWhy?', 'ask'],
  ['Which month was the wettest?', 'ask'],
  ['%tables', 'magic'],
  ['%%sqlite\nselect 1', 'magic'],
  ['%switch main\n\n%%sql\nselect 1', 'sql'],
  ['%switch main\nWhich month was the wettest?', 'ask'],
  ['', 'ask'],
] as const)('%j is %s', (source, language) => {
  expect(languageOfCell(source)).toBe(language);
});

test('a line of magics is in no language: the hyphen of a name is no minus', () => {
  expect(mimeOfCell('%branch minutes-15')).toBe('text/x-worldline-magic');
});

test('a plain cell has the language that the user chose', () => {
  expect(mimeOfCell('select 1', 'sql')).toBe('text/x-worldline-sql');
});
