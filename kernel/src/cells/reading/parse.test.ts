import { describe, expect, test } from '@jest/globals';
import { parseCell } from './parse.js';

describe('a cell', () => {
  test('is a question when it is plain text', () => {
    expect(parseCell('What is new?\nTell me.')).toEqual({
      magics: [],
      body: { form: 'plain', text: 'What is new?\nTell me.', textOffset: 0 },
    });
  });

  test('may begin with line magics', () => {
    const { magics, body } = parseCell('\n%load a.csv as t\n  %tables\n\nhow many rows?');
    expect(magics).toEqual([
      { name: 'load', rest: 'a.csv as t', offset: 1 },
      { name: 'tables', rest: '', offset: 20 },
    ]);
    expect(body).toMatchObject({ form: 'plain', text: 'how many rows?' });
  });

  test('keeps the place of its body, for carets', () => {
    const code = '%tables\n%%sql --limit 5\nselect 1';
    const { body } = parseCell(code);
    expect(body).toMatchObject({ form: 'magic', name: 'sql', rest: ' --limit 5', text: 'select 1' });
    if (body?.form !== 'magic') throw new Error('not a magic');
    expect(code.slice(body.textOffset)).toBe('select 1');
    expect(code.slice(body.restOffset)).toMatch(/^ --limit 5/);
  });

  test('takes what stands on the line of its magic', () => {
    expect(parseCell('%%sql select 1').body).toMatchObject({ rest: ' select 1', text: '' });
  });

  test.each([
    ['%load?', '%load'],
    ['?%load', '%load'],
    ['%%sql?', '%%sql'],
    ['weather?', 'weather'],
    ['weather??', 'weather'],
  ])('asks for help by a question mark: %s', (code, subject) => {
    expect(parseCell(code).body).toEqual({ form: 'help', subject, text: code });
  });

  test('of a question mark alone asks for all help', () => {
    expect(parseCell(' ?\n')).toEqual({ magics: [{ name: 'help', rest: '', offset: 1 }], body: null });
  });

  test('may have comments above its magics, and above nothing else', () => {
    const code = '# Sales\n\n  # by month\n%tables\n# and then\n%%sql\nselect 1';
    expect(parseCell(code)).toMatchObject({
      magics: [{ name: 'tables' }],
      body: { form: 'magic', name: 'sql', text: 'select 1' },
    });
    const question = '# Sales\nWhat is new?\n%tables';
    expect(parseCell(question).body).toEqual({ form: 'plain', text: question, textOffset: 0 });
  });

  test('with a question mark after several words is no call for help', () => {
    expect(parseCell('is it warm?').body).toMatchObject({ form: 'plain' });
  });

  test('may be empty', () => {
    expect(parseCell('  \n ')).toEqual({ magics: [], body: null });
  });
});
