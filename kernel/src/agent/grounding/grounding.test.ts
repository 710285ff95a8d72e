import { describe, expect, test } from '@jest/globals';
import { figuresOf } from './figures.js';
import { annotate, groundAnswer } from './grounding.js';
import type { Evidence } from '../types.js';

const result = (text: string): Evidence => ({ text, tables: ['sales'], literal: false });
const results = (entries: Record<string, Evidence>) => new Map(Object.entries(entries));

/** The source of each figure of an answer over one result. */
function sources(answer: string, text: string, said: string[] = []): Record<string, string> {
  const { figures } = groundAnswer(answer, ['r1'], results({ r1: result(text) }), said);
  return Object.fromEntries(figures.map(({ text: written, source, step }) => [written, step ?? source]));
}

describe('matching figures', () => {
  test.each([
    ['Revenue was 1,234,567.', '1234567', '1,234,567'],
    ['Revenue was 1.2 million.', '1234567.89', '1.2'],
    ['Revenue was $1.23M.', '1234567.89', '1.23'],
    ['Revenue was about 1,200.', '1187', '1,200'],
    ['The share is 45.7 %.', '0.4567', '45.7'],
    ['The share is 45.7%.', '45.6712', '45.7'],
    ['It fell by 5.2 points.', '-5.23', '5.2'],
    ['Der Umsatz war 1.234.567,9 Euro.', '1234567.89', '1.234.567,9'],
    ['Der Anteil ist 12,5 %.', '12.49', '12,5'],
    ['Der Umsatz war rund 60,6 Tsd. €.', '60643.60', '60,6'],
    ['Der Umsatz war 60,6 T€.', '60643.60', '60,6'],
    ['Der Umsatz war 60,6 TEUR.', '60643.60', '60,6'],
    ['In all 1 234 567 rows.', '1234567', '1 234 567'],
    ['The median is 3.', '3.0', '3'],
    ['It is 6.02e23.', '6.022e23', '6.02e23'],
    ['The gap is −516.3 k€.', 'East | -516.3', '516.3'],
    ['The gap is −516.3 k€.', 'East | -516304.18', '516.3'],
    ['They sold 12.4 million euros.', 'turnover_meur\n12.41', '12.4'],
    ['The mast is 12 m tall and weighs 30 t.', '12 | 30', '30'],
    ['| Nord | 17 |\n| Süd | 4 |', 'Nord | 17\nSüd | 4', '17'],
  ])('%s', (answer, text, figure) => {
    expect(sources(answer, text)).toMatchObject({ [figure]: 'r1' });
  });

  test.each([
    ['Revenue was 1,234,568.', '1234567', '1,234,568'],
    ['Revenue was 1.3 million.', '1234567', '1.3'],
    ['The share is 46.7%.', '0.4567', '46.7'],
    ['There are 7 regions.', '5 rows × 2 columns', '7'],
  ])('no source: %s', (answer, text, figure) => {
    expect(sources(answer, text)).toMatchObject({ [figure]: 'none' });
  });

  test('dates, years, ordinals, numbering, names, code and handles are no figures', () => {
    const answer = [
      '1. On 2024-01-31 at 14:30, and on 3 May 2023, and May 4, 2022, the 2nd quarter (Q3) of 2021 began.',
      'From 5–22 May, May 5-22, 2023, 3. bis 9. Mai and July 1st to 4th.',
      '2) See r12 and [r3], `LIMIT 50`, step 4, the top 5, COVID-19, col_2, #17 and https://example.org/99.',
      '```sql\nSELECT 77\n```',
    ].join('\n');
    expect(figuresOf(answer).filter(({ year }) => !year)).toEqual([]);
  });

  test.each([
    ['Am 14. März 2016 regnete es.', '2016-03-14 | 55.9', '14. März 2016'],
    ['It rained on March 14th, 2016.', '2016-03-14 00:00:00', 'March 14th, 2016'],
    ['It rained on 14 Mar 2016.', 'day\n14.03.2016', '14 Mar 2016'],
    ['Am 14.3.2016 regnete es.', '{"day": "2016-03-14"}', '14.3.2016'],
    ['Am 14.3. regnete es.', '2016-03-14', '14.3.'],
    ['Am 14-Mar-2016 regnete es.', '2016-03-14', '14-Mar-2016'],
    ['Am 12./13. Dezember regnete es.', '2015-12-12\n2015-12-13', '12./13. Dezember'],
    ['On 3/14/2016 it rained.', '20160314', '3/14/2016'],
    ['Le 14 mars 2016, il a plu.', '2016-03-14', '14 mars 2016'],
    ['Vom 7. bis 13. März 2016.', '2016-03-07 | 2016-03-13', '7. bis 13. März 2016'],
    ['Vom 28.2. bis 3.3.2016.', '2016-02-28 | 2016-03-03', '28.2. bis 3.3.2016'],
    ['Am nassesten war der November 2014.', '2014-11-01 | 190', 'November 2014'],
    ['Am nassesten war 11/2014.', '2014-11 | 190', '11/2014'],
    ['Am nassesten war der November 2014.', 'month | 2013 | 2014\n11 | 80 | 190', 'November 2014'],
    ['On 14 March 2016 it rained.', 'year | month | day\n2016 | 3 | 14', '14 March 2016'],
    ['Im November 12 Tage.', '11 | 12', 'November 12'],
    ['Bis zum 30. November 2014.', '2014-11-01 | 190', '30. November 2014'],
    ['From 1 January to 31 December 2014.', 'year | mm\n2014 | 1200', '31 December 2014'],
  ])('a date that a result has: %s', (answer, text, date) => {
    expect(sources(answer, text)).toMatchObject({ [date]: 'r1' });
  });

  test.each([
    ['Am 15. März 2016 regnete es.', '2016-03-14 | 15 | 3', '15. März 2016'],
    ['Am 14. März 2015 regnete es.', '2016-03-14', '14. März 2015'],
    ['Am 14.3.2016 regnete es.', '2016-04-14', '14.3.2016'],
    ['Am nassesten war der November 2014.', '2014-10-01 | 190', 'November 2014'],
    ['Vom 7. bis 13. März 2016.', '2016-03-07', '7. bis 13. März 2016'],
    ['It ended on 30 November 2014.', '2014-11-14 | 190', '30 November 2014'],
    ['It rained most on 14 March 2016.', '55.9', '14 March 2016'],
  ])('a date that no result has: %s', (answer, text, date) => {
    expect(sources(answer, text)).toEqual({ [date]: 'none' });
  });

  test('a date of the request or of what was run is no finding', () => {
    const code = "SELECT sum(mm) FROM w WHERE day BETWEEN '2016-03-01' AND '2016-03-14'";
    const all = results({ r1: { ...result('55.9'), code } });
    const { figures } = groundAnswer(
      'Vom 1. bis 14. März 2016 55,9 mm, heute ist der 2.5.2016.',
      ['r1'],
      all,
      ['Date: 2016-05-02.'],
    );
    expect(figures.map(({ text, source }) => [text, source])).toEqual([
      ['1. bis 14. März 2016', 'code'],
      ['55,9', 'result'],
      ['2.5.2016', 'request'],
    ]);
  });

  test('a word that only begins as a month does is none, nor is the day the whole part of a figure', () => {
    expect(
      sources('5 markets, 4 separate deals, 2 mayors; in November 5.35 mm.', '5 | 4 | 2 | 5.35'),
    ).toEqual({
      '5': 'r1',
      '4': 'r1',
      '2': 'r1',
      '5.35': 'r1',
    });
  });

  test('seasons, versions and times are no dates', () => {
    const answer =
      'In 2009-10, with version 3.12.11 and 1.5.6 on 10.0.0.1, at 14:30 and 2:15 pm, in the 3. Quartal.';
    expect(groundAnswer(answer, ['r1'], results({ r1: result('nothing') }), []).figures).toEqual([]);
  });

  test('a year that a result has is linked, and a number that the user said is no finding', () => {
    expect(sources('In 2021 it was 9.', '2021 | 9')).toEqual({ '2021': 'r1', '9': 'r1' });
    expect(sources('Over 500 dollars there are 3.', '3', ['How many cost more than 500 dollars?'])).toEqual({
      '500': 'request',
      '3': 'r1',
    });
  });

  test('a level of confidence is chosen, not found', () => {
    const answer =
      '20 (95% CI 19–21; 95 % confidence interval, 99%-Konfidenzintervall), at a confidence level of 90 %.';
    expect(figuresOf(answer).map(({ text }) => text)).toEqual(['20', '19', '21']);
    expect(figuresOf('95 % of days').map(({ text }) => text)).toEqual(['95']);
  });

  test('months and days of a date in a result are no source for a count', () => {
    expect(sources('There are 31 shops.', '2024-01-31 | 8')).toEqual({ '31': 'none' });
  });

  test('only named evidence counts, and unknown handles are told', () => {
    const all = results({ r1: result('10'), r2: result('20') });
    const { figures, unknown, evidence } = groundAnswer('It is 20.', ['r1', 'r9'], all, []);
    expect(figures.map(({ source }) => source)).toEqual(['none']);
    expect([unknown, evidence]).toEqual([['r9'], ['r1']]);
  });

  test('what the evidence does not have is looked up in the others, and what it has is not', () => {
    const all = results({ r1: result('802 | 10'), r2: result('594 | 10') });
    const { figures, unmatched } = groundAnswer('594 of 802, 10, 11.', ['r2'], all, [], ['r1', 'r2']);
    expect(figures.map(({ text, step }) => [text, step])).toEqual([
      ['594', 'r2'],
      ['802', 'r1'],
      ['10', 'r2'],
      ['11', null],
    ]);
    expect(unmatched).toBe(1);
  });

  test('a threshold that a step was run with is told as one, unless a result or the user has it', () => {
    const code =
      "SELECT avg((delay > 15)::INT) FROM f WHERE day >= '2024-07-01' GROUP BY ALL HAVING count(*) >= 36_000";
    const all = results({
      r1: { ...result('0.25 | 22'), code },
      r2: { ...result('9'), code: 'SELECT 77 -- 22' },
    });
    const answer = '25% left over 15 minutes late, of airports with 36,000 flights; 22, 7, 77.';
    const { figures } = groundAnswer(answer, ['r1'], all, []);
    expect(figures.map(({ text, step, source }) => [text, step, source])).toEqual([
      ['25', 'r1', 'result'],
      ['15', 'r1', 'code'],
      ['36,000', 'r1', 'code'],
      ['22', 'r1', 'result'],
      ['7', null, 'none'],
      ['77', null, 'none'],
    ]);
  });
});

describe('made-up answers', () => {
  test('a query over literals is no source', () => {
    const all = results({ r1: { text: '42', tables: [], literal: true, code: 'SELECT 42 AS revenue' } });
    const grounding = groundAnswer('Revenue is 42.', ['r1'], all, []);
    expect(grounding.madeUp).toBe(true);
    expect(grounding.unmatched).toBe(1);
    expect(groundAnswer('Revenue is 42.', [], all, [], ['r1']).unmatched).toBe(1);
  });

  test('a calculation with figures from real results is one', () => {
    const all = results({
      r1: result('5317 | 4890'),
      r2: { text: '427', tables: [], literal: true, code: 'SELECT 5317 - 4890' },
    });
    const grounding = groundAnswer('The difference is 427.', ['r1', 'r2'], all, []);
    expect(grounding).toMatchObject({ madeUp: false, unmatched: 0, figures: [{ step: 'r2' }] });
  });
});

describe('what is calculated from dates', () => {
  const days = {
    text: '73',
    tables: [],
    literal: true,
    code: "SELECT DATE '2016-03-14' - DATE '2016-01-01'",
  };

  test('counts where a result has them', () => {
    const all = results({ r1: result('2016-01-01 | 2016-03-14'), r2: days });
    const { figures } = groundAnswer('73 days lie between them.', ['r1', 'r2'], all, []);
    expect(figures).toMatchObject([{ text: '73', step: 'r2' }]);
  });

  test('is made up where none has', () => {
    const all = results({ r1: result('2016-01-01 | 2016-03-15'), r2: days });
    expect(groundAnswer('73 days lie between them.', ['r1', 'r2'], all, []).unmatched).toBe(1);
  });
});

test('annotate writes figures in their places', () => {
  const answer = 'From 10 to 99.';
  const { figures } = groundAnswer(answer, ['r1'], results({ r1: result('10') }), []);
  expect(annotate(answer, figures, ({ text, source }) => (source === 'none' ? `${text} (?)` : text))).toBe(
    'From 10 to 99 (?).',
  );
});

test('the places of figures are those of the answer', () => {
  const answer = 'Between **1,000** and 2.5 %, ~3k.';
  for (const { text, start, end } of figuresOf(answer)) expect(answer.slice(start, end)).toBe(text);
});
