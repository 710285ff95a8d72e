import { expect, test } from '@jest/globals';
import type { PlayedTurn } from '../../../../tests/support/model-server-agent.js';
import { done, results, sql } from './testing.js';

test('a short result is shown whole, a long one is cut with its true size and column statistics', async () => {
  const { texts } = await results([
    sql('SELECT region, count(*) AS n FROM sales GROUP BY ALL ORDER BY 1'),
    sql('FROM sales'),
    done,
  ]);
  expect(texts[0]).toBe(
    '[r1] <result of="r1">\n2 rows × 2 columns\nregion VARCHAR | n BIGINT\nNord | 100\nSüd | 200\n</result>',
  );
  expect(texts[1]).toContain('300 rows × 5 columns');
  expect(texts[1]).toContain('(Only the first 40 of 300 rows are shown. The whole result is r2.)');
  expect(texts[1]).toContain('amount: 0 NULL, 300 distinct, min 0, max 448.5, mean 224.25');
});

test('an error helps to repair, and a made-up result is found out', async () => {
  const { texts, grounding } = await results([
    sql('SELECT regoin FROM sales'),
    sql('SELECT 987 AS revenue'),
    { calls: [['finish', { answer: 'Revenue is 987.', evidence: ['r2'] }]] },
  ]);
  expect(texts[0]).toContain('region');
  expect(grounding).toMatchObject({ madeUp: true, unmatched: 1 });
});

test.each([
  'WITH sales AS (SELECT 987 AS revenue) SELECT revenue FROM sales',
  'FROM (VALUES (987)) sales(revenue)',
  'SELECT count(*) + 987 - 1000 AS revenue FROM range(1000)',
  'SELECT (SELECT 987) AS "FROM sales" -- FROM sales',
])('%s reads no table, whatever it is called', async (query) => {
  const finish: PlayedTurn = { calls: [['finish', { answer: 'Revenue is 987.', evidence: ['r1'] }]] };
  const { grounding } = await results([sql(query), finish]);
  expect(grounding).toMatchObject({ madeUp: true, unmatched: 1 });
  const real = await results([sql('SELECT 887 + min(id) + 100 AS revenue FROM sales'), finish]);
  expect(real.grounding).toMatchObject({
    madeUp: false,
    unmatched: 0,
    figures: [{ text: '987', step: 'r1' }],
  });
});

test('where a later statement fails, what those before it changed is told', async () => {
  const { texts } = await results([
    sql('DELETE FROM sales WHERE id < 10; SELECT 1; DROP TABLE nothing'),
    sql('BEGIN; DELETE FROM sales; DROP TABLE nothing'),
    sql('SELECT count(*) FROM sales'),
    done,
  ]);
  expect(texts[0]).toContain('nothing');
  expect(texts[0]).toMatch(/took effect and are not to be run again: .*10 rows/);
  expect(texts[1]).not.toContain('took effect');
  expect(texts[2]).toContain('290');
});

test('where a later statement fails, what those before it gave is shown, and the place of the error', async () => {
  const query =
    'SELECT count(*) AS n FROM sales;\nSELECT region,\n  sum(amuont) AS total\nFROM sales GROUP BY ALL';
  const { texts, grounding } = await results([
    sql(query),
    { calls: [['finish', { answer: 'There are 300.', evidence: ['r1'] }]] },
  ]);
  expect(texts[0]).toMatch(/^\[r1\] Referenced column "amuont" not found/);
  expect(texts[0]).toContain('\nAt line 3: amuont) AS total\n');
  expect(texts[0]).toContain('gave:\n<result of="r1">\n1 row × 1 column\nn BIGINT\n300\n</result>');
  expect(grounding).toMatchObject({ unmatched: 0, unknown: [] });
});

test('rows of a table made or changed are told once', async () => {
  const { texts } = await results([sql('CREATE TABLE t AS FROM sales; DELETE FROM t'), done]);
  expect(texts[0]).toContain('Table t made, 300 rows\n\n300 rows deleted from t\n');
});

test('how the dates of a file were read is told once, where they could be meant otherwise', async () => {
  const days = ['day;amount', ...Array.from({ length: 9 }, (_, n) => `0${n + 1}.02.23;${n}`)].join('\n');
  const files = { 'workspace/days.csv': days };
  const query = sql("SELECT min(day) FROM 'days.csv'");
  const { texts } = await results([query, query, done], { files });
  expect(texts[0]).toMatch(
    /could also be meant as day\/month\/year: read_csv\('days\.csv', dateformat = '%d/,
  );
  expect(texts[0]).toMatch(/<\/result>$/);
  expect(texts[1]).not.toContain('meant');
  const described = await results([{ calls: [['describe', { name: 'days.csv' }]] }, query, done], {
    files,
  });
  expect(described.texts[0]).toContain('could also be meant as day/month/year');
  expect(described.texts[1]).not.toContain('meant');
});

test('a writing statement runs on this branch; one that the gate refuses is told', async () => {
  const { texts } = await results([
    sql('CREATE TABLE big AS FROM sales WHERE amount > 400'),
    sql("COPY sales TO 'x.csv'"),
    done,
  ]);
  expect(texts[0]).not.toContain('rror');
  expect(texts[1]).not.toContain('<result');
  expect(texts[1]).toContain('Files are written in Python');
});
