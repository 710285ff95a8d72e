import { expect, test } from '@jest/globals';
import { done, results } from './testing.js';

test('list_tables and describe', async () => {
  const { texts } = await results([
    {
      calls: [
        ['list_tables', {}],
        ['describe', { name: 'sales' }],
        ['describe', { name: 'nope' }],
      ],
    },
    done,
  ]);
  expect(texts[0]).toContain('sales (table, 300 rows): id BIGINT, region VARCHAR');
  expect(texts[1]).toMatch(/region: VARCHAR; .*most frequent: Süd \(200\), Nord \(100\)/);
  expect(texts[1]).toMatch(/day: DATE; .*range 2024-01-01 … 2024-01-30/);
  expect(texts[1]).toContain('First rows:');
  expect(texts[2]).toContain('Use list_tables');
});

test('a spreadsheet is read in Python: what a person would type for it is not for the model', async () => {
  const files = { 'workspace/plan.xlsx': 'PK' };
  const { texts } = await results(
    [
      {
        calls: [
          ['describe', { name: 'plan.xlsx' }],
          ['run_sql', { sql: "FROM 'plan.xlsx'" }],
        ],
      },
      done,
    ],
    { files },
  );
  for (const text of texts)
    expect(text).toMatch(/spreadsheet[^]*cannot be called\. In run_python, pd\.read_excel/);
  expect(texts[0]).not.toContain('list_tables');
});

test('describe counts the different values of a small table, so that a key can be told', async () => {
  const { texts } = await results([{ calls: [['describe', { name: 'sales' }]] }, done], {
    setup: "INSERT INTO sales VALUES (17, 'Nord', 'Customer 17', 1, DATE '2024-01-05')",
  });
  expect(texts[0]).toMatch(/id: BIGINT; 0\.00% NULL; 300 distinct/);
  expect(texts[0]).toMatch(/region: VARCHAR; 0\.00% NULL; 2 distinct/);
  const unique = await results([{ calls: [['describe', { name: 'sales' }]] }, done]);
  expect(unique.texts[0]).toMatch(/id: BIGINT; 0\.00% NULL; all distinct/);
});

test('describe says of an estimate only what it is good for, and never more than there are values', async () => {
  const numbers = ['n', ...Array.from({ length: 130_001 }, (_, n) => String(n * 7))].join('\n');
  const { texts } = await results([{ calls: [['describe', { name: 'numbers.csv' }]] }, done], {
    files: { 'workspace/numbers.csv': numbers },
  });
  const [, estimate = ''] = /n: BIGINT; 0\.00% NULL; about ([\d,]+) distinct/.exec(texts[0] ?? '') ?? [];
  expect(estimate).toMatch(/^(?:1\d0,000|\d\d,000|130,001)$/);
});

test('a data file is described and queried by its name', async () => {
  const files = { 'workspace/people.csv': 'name,age\nAda,36\nGrace,45\n' };
  const { texts } = await results(
    [
      {
        calls: [
          ['describe', { name: 'people.csv' }],
          ['run_sql', { sql: "SELECT avg(age) AS a FROM 'people.csv'" }],
        ],
      },
      done,
    ],
    { files },
  );
  expect(texts[0]).toContain('2 rows × 2 columns');
  expect(texts[1]).toContain('40.5');
});
