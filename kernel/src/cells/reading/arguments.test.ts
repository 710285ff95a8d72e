import { describe, expect, test } from '@jest/globals';
import { parseArguments, parseLeadingOptions, tokenize, type OptionSpec } from './arguments.js';

const SPECS: OptionSpec[] = [
  { name: 'replace', about: 'replace it' },
  { name: 'limit', value: 'N', type: 'integer', about: 'rows' },
  { name: 'approve', value: 'WHAT', choices: ['writes', 'all'], about: 'ask first' },
];

describe('words', () => {
  test.each<[string, string[]]>([
    ['a b', ['a', 'b']],
    ['"my file.csv" as t', ['my file.csv', 'as', 't']],
    ["'it''s' x", ['its', 'x']],
    ['my\\ file.csv', ['my file.csv']],
    ['"say \\"hi\\""', ['say "hi"']],
    ['C:\\data\\x.csv', ['C:\\data\\x.csv']],
    ['', []],
  ])('%s', (text, words) => {
    expect(tokenize(text).map((token) => token.text)).toEqual(words);
  });
});

describe('arguments', () => {
  test('mix options and words', () => {
    const parsed = parseArguments('%load', 'a.csv --replace as t --limit=3', SPECS, 3);
    expect(parsed.positional).toEqual(['a.csv', 'as', 't']);
    expect([...parsed.options]).toEqual([
      ['replace', true],
      ['limit', '3'],
    ]);
  });

  test('lead the line, and leave the rest word for word', () => {
    const text = " --limit 5 select '--x'  as a";
    const { options, restAt } = parseLeadingOptions('%%sql', text, SPECS);
    expect(options.get('limit')).toBe('5');
    expect(text.slice(restAt)).toBe(" select '--x'  as a");
  });

  test.each([
    ['--replcae', 'Did you mean --replace?'],
    ['--wat', 'It has --replace, --limit, --approve.'],
    ['--limit x', 'a whole number'],
    ['--limit', 'needs a value'],
    ['--replace=1', 'takes no value'],
    ['--approve maybe', 'writes or all'],
    ['my file.csv as t', 'does not know what to do with "t"'],
  ])('that are wrong say so: %s', (text, message) => {
    let error: unknown;
    try {
      parseArguments('%load', text, SPECS, 3);
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({ name: 'UsageError' });
    const { message: what, hint } = error as { message: string; hint: string };
    expect(`${what} ${hint}`).toContain(message);
    expect(hint).toContain('%load? explains it.');
  });
});
