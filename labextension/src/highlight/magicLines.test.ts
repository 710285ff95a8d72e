import { describe, expect, test } from '@jest/globals';
import { classHighlighter, highlightTree } from '@lezer/highlight';
import { CELL_MAGICS } from '../../../kernel/src/cells/magics/cellMagics.js';
import { CellParser } from './CellParser.js';
import { FLAGS, readMagicLines } from './magicLines.js';

/** `token:text` of each part, and the body. */
function read(source: string): string[] {
  const { parts, bodyFrom } = readMagicLines(source);
  return [
    ...parts.map(({ token, from, to }) => `${token}:${source.slice(from, to)}`),
    source.slice(bodyFrom),
  ];
}

describe('the magic lines of a cell', () => {
  test.each([
    ['select 1', ['select 1']],
    ['%%sql\nselect 1', ['magic:%%sql', 'select 1']],
    ['%%sql select 1', ['magic:%%sql', 'select 1']],
    [
      '%%sql top << --limit 3\nselect 1 -- %%sql',
      ['magic:%%sql', 'name:top', 'operator:<<', 'option:--limit', 'number:3', 'select 1 -- %%sql'],
    ],
    ['%%python --timeout=2.5\nx = 1', ['magic:%%python', 'option:--timeout=', 'number:2.5', 'x = 1']],
    [
      '%%ask --model gpt-5 --no-rows --approve writes Why --so?\n--now',
      [
        ...['magic:%%ask', 'option:--model', 'value:gpt-5', 'option:--no-rows', 'option:--approve'],
        ...['value:writes', 'Why --so?\n--now'],
      ],
    ],
    [
      "# Data\n%load 'a b.csv' as t --replace\n\n%switch main\n# A heading",
      [
        ...['comment:# Data', 'magic:%load', "value:'a b.csv'", 'option:--replace', 'magic:%switch'],
        '# A heading',
      ],
    ],
    ['# A heading\nWhy?', ['# A heading\nWhy?']],
    ['%tables', ['magic:%tables', '']],
    ['%%sql --limit', ['magic:%%sql', 'option:--limit', '']],
    ['%%ask --model --no-rows', ['magic:%%ask', 'option:--model', 'option:--no-rows', '']],
    ["%%sql don't\n'", ['magic:%%sql', "don't\n'"]],
    ['%%unknown one "two\nthree', ['magic:%%unknown', 'value:"two', 'three']],
    ['  \n\n100% sure?', ['  \n\n100% sure?']],
  ])('%j', (source, parts) => {
    expect(read(source)).toEqual(parts);
  });
});

test('options without a value are those of the kernel', () => {
  const flags = CELL_MAGICS.flatMap(({ options }) => options.filter(({ value }) => value === undefined));
  expect(flags.map(({ name }) => name)).toEqual([...FLAGS]);
});

test('they have colours of their own, also while the whole is not read yet', () => {
  const source = '%%sql --limit 3\nselect 1';
  const parser = new CellParser(null);
  const colours: string[] = [];
  highlightTree(parser.parse(source), classHighlighter, (from, to, classes) => {
    colours.push(`${classes}:${source.slice(from, to)}`);
  });
  expect(colours).toEqual(['tok-meta:%%sql', 'tok-propertyName:--limit', 'tok-number:3']);
  const begun = parser.startParse(source);
  begun.stopAt(8);
  expect(begun.advance()?.length).toBe(8);
});
