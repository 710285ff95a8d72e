import { expect, test } from '@jest/globals';
import type { Ports } from '../ports.js';
import { done, results, sql } from '../tools/testing.js';

const hidden = async (...queries: string[]) => {
  const run = await results([...queries.map(sql), done], {
    hidden: true,
    setup: "INSERT INTO sales VALUES (9999, 'Solo', 'Secret Name', 7777, DATE '2020-01-01')",
  });
  for (const request of run.requests) {
    expect(JSON.stringify(request)).not.toMatch(/Secret Name|7777|Customer \d/);
  }
  return run.texts;
};

test('of an error, what quotes the query is shown, and what may quote a value is not', async () => {
  const [binder, gate, conversion] = await hidden(
    'SELECT regoin FROM sales',
    'SELECT count(*) FROM duckdb_secrets()',
    'SELECT CAST(customer AS INTEGER) FROM sales WHERE id > 300',
  );
  expect(binder).toContain('Referenced column "regoin" not found');
  expect(gate).toContain('duckdb_secrets');
  expect(conversion).toContain('ConversionError (its text is hidden, since it may hold values)');
});

test('aggregates over enough rows are shown; small groups are withheld', async () => {
  const [all, groups, rounded] = await hidden(
    'SELECT count(*) AS n, avg(amount) AS a FROM sales WHERE id < 300',
    'SELECT region, count(*) AS n, sum(amount) FROM sales GROUP BY region ORDER BY n DESC',
    "SELECT date_trunc('month', day) AS m, round(avg(amount), 1) FROM sales GROUP BY 1 HAVING count(*) > 3",
  );
  expect(all).toContain('300 | 224.25');
  expect(groups).toContain('Süd | 200');
  expect(groups).toContain('(1 group of fewer than 10 rows withheld.)');
  expect(groups).not.toContain('Solo');
  expect(rounded).toContain('2024-01-01');
});

test.each([
  'FROM sales',
  'SELECT max(amount) FROM sales',
  'SELECT first(customer) FROM sales',
  'SELECT string_agg(customer) FROM sales',
  'SELECT sum(amount) FILTER (id = 9999) FROM sales',
  'SELECT sum(CASE WHEN id = 9999 THEN amount END) FROM sales',
  'SELECT sum(amount) FROM (FROM sales WHERE id = 9999), range(50)',
  'SELECT sum(amount) FROM sales, range(50) WHERE id = 9999',
  'WITH s AS (FROM sales WHERE id = 9999) SELECT avg(amount) FROM s',
  'SELECT avg(amount) FROM sales WHERE id = 9999',
  'SELECT (SELECT customer FROM sales WHERE id = 9999), count(*) FROM sales',
  'SELECT count(*), sum(amount) OVER () FROM sales GROUP BY amount',
  'SELECT count(*) FROM sales HAVING max(CASE WHEN id = 9999 THEN amount END) > 7000',
  'DESCRIBE sales; FROM sales',
  'SELECT region, count(*) FROM sales GROUP BY ROLLUP (region)',
  'SELECT customer, count(*) FROM sales GROUP BY ALL',
  'CREATE TABLE x AS FROM sales',
  "SELECT CAST('a' || customer AS INTEGER) FROM sales WHERE id = 9999",
  'SELECT avg(amount) FROM unknown_table',
])('nothing of a row is shown by: %s', async (query) => {
  const [text] = await hidden(query);
  expect(text).not.toBe('');
});

test('profiles tell types and frequent values, no ranges and no rows; Python tells nothing', async () => {
  const python: Ports['python'] = {
    variables: () => Promise.resolve([]),
    execute: (_code, { onEvent }) => {
      onEvent({ type: 'stream', name: 'stdout', text: 'Secret Name\n' });
      return Promise.resolve({
        status: 'error',
        milliseconds: 1,
        artifacts: [],
        ename: 'KeyError',
        evalue: 'Secret Name',
        traceback: ['line 3', 'KeyError: Secret Name'],
      });
    },
  };
  const run = await results(
    [
      {
        calls: [
          ['describe', { name: 'sales' }],
          ['run_python', { code: 'x' }],
          ['describe', { name: 'sales' }],
          ['run_sql', { sql: 'SELECT count(*) FROM sales' }],
        ],
      },
      done,
    ],
    { hidden: true, ports: { python } },
  );
  expect(run.texts[0]).toContain('most frequent: Süd (200), Nord (100)');
  expect(run.texts[0]).not.toMatch(/range|First rows|Customer/);
  expect(run.texts[1]).toContain('KeyError at line 3');
  expect(run.texts[2]).toContain('after Python ran');
  expect(run.texts[3]).toContain('after Python ran');
  expect(JSON.stringify(run.turns)).not.toContain('Secret Name');
});
