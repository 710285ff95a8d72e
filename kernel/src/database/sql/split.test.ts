import { expect, test } from '@jest/globals';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { scan } from './scan.js';
import { positionInCell, split } from './split.js';

const statements = (sql: string): string[] => split(sql).map((piece) => piece.sql);

test('statements end at semicolons, but not within quotes, comments or dollar quotes', () => {
  expect(
    statements(`select ';' ; select ";" from t; -- a; b\n select 1 /* ; /* nested ; */ ; */ ;;`),
  ).toEqual([`select ';'`, `select ";" from t`, 'select 1']);
  expect(statements(`select $$a;b$$, $tag$ $$ ; $tag$, e'it\\'s ;', 'it''s ;'; select $1`)).toEqual([
    `select $$a;b$$, $tag$ $$ ; $tag$, e'it\\'s ;', 'it''s ;'`,
    'select $1',
  ]);
  expect(statements('')).toEqual([]);
  expect(statements(' -- nothing\n;')).toEqual([]);
  expect(statements(`select 'never closed; select 2`)).toHaveLength(1);
});

test('names and texts are read as DuckDB reads them', () => {
  expect(
    scan(`Select "A ""b""", 'it''s', e'\\x41\\n\\u00e9\\101', $$x$$ FROM a$b /* c */ --d`).map(
      ({ kind, text }) => [kind, text],
    ),
  ).toEqual([
    ['word', 'select'],
    ['quoted', 'A "b"'],
    ['symbol', ','],
    ['string', `it's`],
    ['symbol', ','],
    ['string', 'A\né\u0041'],
    ['symbol', ','],
    ['string', 'x'],
    ['word', 'from'],
    ['word', 'a$b'],
  ]);
});

test('a position in bytes of a statement becomes one in code points of the cell', () => {
  const cell = `select '😀';\nselect 'é', nope`;
  const piece = split(cell)[1];
  if (!piece) throw new Error('no second statement');
  const bytes = Buffer.byteLength(`select 'é', `);
  expect(positionInCell(cell, piece, bytes)).toBe(Array.from(cell).lastIndexOf('n'));
});

test('there are as many statements as DuckDB itself finds', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const fragments = fc.constantFrom(
    'select 1',
    `select ';'`,
    `select 'it''s;'`,
    `select e'\\';'`,
    'select $$;$$',
    'select $a$ $$; $a$',
    'from t',
    '-- c;\n',
    '/* ; */',
    '/* /* ; */ ; */',
    ';',
    ';;',
    '\n',
    'select 1 as ";"',
    `select 'a' /*;*/ 'b'`,
    'select $1',
    'select 1-- ;\n',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fragments, { maxLength: 12 }), async (parts) => {
      const sql = parts.join(' ');
      const count = await connection.extractStatements(sql).then(
        (found) => found.count,
        () => null,
      );
      if (count !== null) expect(split(sql)).toHaveLength(count);
    }),
    { numRuns: 1000 },
  );
});
