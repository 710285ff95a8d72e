import { describe, expect, test } from '@jest/globals';
import { answersIn, judge, scoresOf } from './score.js';

describe('scores', () => {
  test('values are found in Markdown, the last of a name counts, and what is malformed is none', () => {
    const text = 'So **@mean\\_fare[34.65]**; `@n[1]`, no: @n[ 2 ]. @open[3 @bad 4] and @p = 5';
    expect([...answersIn(text)]).toEqual([
      ['mean_fare', '34.65'],
      ['n', ' 2 '],
      ['open', '3 @bad 4'],
    ]);
  });

  test.each([
    ['34.65', '34.65', true],
    ['34.650', '34.65', true],
    ['34.66', '34.65', false],
    ['Yes', 'Yes', true],
    ['yes', 'Yes', false],
    ['', '0', false],
    ['-0.0000001', '0', true],
  ])('%j beside %j: %s', (given, expected, same) => {
    expect(judge(new Map([['a', given]]), new Map([['a', expected]])).get('a')).toBe(same);
  });

  test('a question is right as a whole; its values count by themselves and by its share', () => {
    expect(scoresOf([[true, true], [true, false, false, false], []])).toEqual({
      questions: 2,
      byQuestion: 0.5,
      byValue: 0.5,
      proportional: 0.625,
    });
    expect(scoresOf([])).toMatchObject({ byQuestion: null });
    expect(judge(new Map(), new Map([['a', '1']])).get('a')).toBe(false);
  });
});
