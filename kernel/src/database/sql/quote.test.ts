import { expect, test } from '@jest/globals';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { namesIn, quoteName, quoteText } from './quote.js';

test('every name comes back as it was, also where it is a keyword of DuckDB', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const keywords = (await connection.runAndReadAll('select keyword_name from duckdb_keywords()')).getRows();
  const names = fc.oneof(
    fc.constantFrom(...keywords.map((row) => String(row[0]))),
    fc.string({ unit: 'binary', minLength: 1 }).filter((name) => !name.includes('\0')),
  );
  await fc.assert(
    fc.asyncProperty(names, async (name) => {
      const sql = `select ${quoteName(name)} from (select 1 as ${quoteName(name)}) ${quoteName(name)}`;
      expect((await connection.runAndReadAll(sql)).columnNames()).toEqual([name]);
    }),
    { numRuns: 500 },
  );
  for (const [keyword] of keywords) {
    const name = quoteName(String(keyword));
    await connection.run(
      `create or replace table ${name} as select 1 as ${name}; select ${name} from ${name}`,
    );
  }
});

test('every text comes back as it was', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      fc.pre(!text.includes('\0'));
      expect((await connection.runAndReadAll(`select ${quoteText(text)}`)).getRows()).toEqual([[text]]);
    }),
  );
});

test('a qualified name comes apart into the names that it was made of', () => {
  const name = fc.string({ unit: 'binary', minLength: 1 });
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), (names) => {
      expect(namesIn(names.map(quoteName).join('.'))).toEqual(names);
    }),
  );
});
