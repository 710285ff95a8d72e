import { expect, test } from '@jest/globals';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { rowsOf, runAsUser, withDatabase } from './testing.js';
import type { FirstPage, StatementResult } from './types.js';

test('statements run one after the other, and each tells what it did', () =>
  withDatabase(async ({ database }) => {
    const seen: StatementResult[] = [];
    const results = await database.query(
      `create table t as select 1 a; insert into t values (2), (3);
       update t set a = 4 where a = 3; delete from t where a = 2; from t order by a; -- the end`,
      { author: 'user', onResult: (result) => seen.push(result) },
    );
    expect(results).toMatchObject([
      { kind: 'done', message: 'Table t made, 1 row', rowsChanged: 1 },
      { kind: 'done', message: '2 rows inserted into t', rowsChanged: 2 },
      { kind: 'done', message: '1 row updated in t' },
      { kind: 'done', message: '1 row deleted from t' },
      { kind: 'rows', page: { columns: [{ name: 'a', type: 'INTEGER', kind: 'number' }], total: 2 } },
    ]);
    expect(results.at(-1)).toMatchObject({ page: { rows: [['1'], ['4']] } });
    expect(seen).toEqual(results);
  }));

test('a file that is not there is looked for in words that say where', () =>
  withDatabase(async ({ database }) => {
    await expect(runAsUser(database, "from 'nothing.parquet'")).rejects.toThrow(
      /No files found.*"nothing\.parquet"\nA relative path starts in the workspace/,
    );
  }));

test('what cannot be run says what to do instead, and advises nothing that is refused', () =>
  withDatabase(async ({ database, workspace }) => {
    await writeFile(join(workspace, 'latin.csv'), Buffer.from('id,name\n1,K\xf6ln\n', 'latin1'));
    for (const [sql, said] of [
      ["from 'book.xlsx'", /book\.xlsx is a spreadsheet.*%load "book\.xlsx"/],
      ["from 'https://example.org/a.csv'", /https:\/\/example\.org\/a\.csv is not read.*%allow s3:/],
      ["from read_xlsx('book.xlsx')", /excel extension\.\nThat extension is not loaded.*%load/],
      ["from 'latin.csv'", /latin\.csv is not UTF-8\. %load "latin\.csv".*encoding = 'latin-1'/],
      ["select 'ü' where 1 = :year", /There is no value for :year\. .*\$year/],
      [`from '${'a'.repeat(300)}.csv'`, /is not there, or may not be read|No files found|too long/],
      ['select 1 where 1 = $1', /There is no value for \$1\. .*\$x/],
      [
        "from '/etc/some.csv'",
        /^\/etc\/some\.csv is not there, or may not be read here\. %allow FOLDER grants.*if it is there/,
      ],
      ["from '/srv/.env/a.csv'", /may not be read here\. Hidden files/],
      ['commit', /There is no transaction to commit: BEGIN stands in the same cell/],
      ['rollback', /There is no transaction to roll back: BEGIN stands in the same cell.*%undo/s],
      ["set timezone = 'Europe/Berlin'", /SET is refused here\. .*UTC.*AT TIME ZONE/],
      ["set time zone 'Europe/Berlin'", /AT TIME ZONE/],
    ] as const) {
      await expect(runAsUser(database, sql)).rejects.toThrow(said);
      await expect(runAsUser(database, sql)).rejects.not.toThrow(/INSTALL|LOAD |autoload/);
    }
  }));

test('the messages name what was made, altered and dropped as it was written', () =>
  withDatabase(async ({ database }) => {
    const results = await runAsUser(
      database,
      `create schema s; create or replace table s."My Table" (i int); create view if not exists v as select 1;
       alter table s."My Table" add column j int; comment on table s."My Table" is 'x'; create macro f(x) as x + 1;
       truncate s."My Table"; drop view v`,
    );
    expect(results.map((result) => (result.kind === 'done' ? result.message : ''))).toEqual([
      'Schema s made',
      'Table s."My Table" made',
      'View v made',
      'Table s."My Table" altered',
      'Table s."My Table" altered',
      'Macro f made',
      '0 rows deleted from s."My Table"',
      'View v dropped',
    ]);
  }));

test('a syntax error anywhere stops the cell before its first statement', () =>
  withDatabase(async ({ database }) => {
    await expect(runAsUser(database, 'create table t (i int);\nselec 1')).rejects.toMatchObject({
      name: 'ParserError',
      position: 24,
    });
    expect(await database.tables()).toEqual([]);
  }));

test('an error tells where in the cell it is, in code points', () =>
  withDatabase(async ({ database }) => {
    const cell = `select '😀é';\n select 1, 'é' || nope`;
    await expect(runAsUser(database, cell)).rejects.toMatchObject({
      name: 'BinderError',
      sql: `select 1, 'é' || nope`,
      position: 31,
    });
    // The parser counts otherwise than the binder.
    const syntax = `select '😀é';\n select 'é😀' frm where from`;
    await expect(runAsUser(database, syntax)).rejects.toMatchObject({
      name: 'ParserError',
      position: Array.from(syntax).length - 4,
    });
  }));

test('an error that happens while rows stream does not spoil the next statement', () =>
  withDatabase(async ({ database }) => {
    const failing = `select case when range = 900000 then error('stop here') else range end from range(1000000)`;
    await expect(runAsUser(database, failing)).rejects.toThrow('stop here');
    await expect(database.query(failing, { author: 'model' })).rejects.toThrow('stop here');
    await expect(runAsUser(database, `begin; ${failing}`)).rejects.toThrow('failed while its rows');
    expect(await rowsOf(database, 'select 1')).toEqual([['1']]);
  }));

test('EXPLAIN gives a plan', () =>
  withDatabase(async ({ database }) => {
    const [plan] = await runAsUser(database, 'explain analyze select 42');
    expect(plan).toMatchObject({ kind: 'plan' });
    expect(plan?.kind === 'plan' ? plan.text : '').toContain('Total Time');
  }));

test('a large result shows its first rows before it is counted, and is paged without running again', () =>
  withDatabase(async ({ database }) => {
    let first: FirstPage | null = null;
    const sql = `select range::int i, random() r, 'row ' || range s from range(300000)`;
    const [result] = await database.query(sql, {
      author: 'user',
      limit: 10,
      onPage: (page) => {
        first = page;
      },
    });
    if (result?.kind !== 'rows') throw new Error('no rows');
    expect(result.page.total).toBe(300_000);
    expect(first).toMatchObject({ id: result.id, rows: result.page.rows });
    expect(result.page.rows).toHaveLength(10);

    const again = await database.page(result.id, 0, 10);
    expect(again.rows).toEqual(result.page.rows);
    const last = await database.page(result.id, 299_998, 50);
    expect(last).toMatchObject({ offset: 299_998, total: 300_000 });
    expect(last.rows.map((row) => row[2])).toEqual(['row 299998', 'row 299999']);
    const sorted = await database.page(result.id, 0, 1, { order: 'i', descending: true });
    expect(sorted.rows[0]?.[0]).toBe('299999');
    const filtered = await database.page(result.id, 0, 50, { filter: 'ROW 29999' });
    expect(filtered).toMatchObject({ total: 11 });
  }));

test('a small result is paged, sorted and filtered as well', () =>
  withDatabase(async ({ database }) => {
    const sql = `select * from (values (2, 'b'), (1, 'a'), (null, 'c')) t(i, s)`;
    const [result] = await database.query(sql, { author: 'model', limit: 1 });
    if (result?.kind !== 'rows') throw new Error('no rows');
    expect(result.page).toMatchObject({ rows: [['2', 'b']], total: 3 });
    const sorted = await database.page(result.id, 0, 5, { order: 'i' });
    expect(sorted.rows).toEqual([
      ['1', 'a'],
      ['2', 'b'],
      [null, 'c'],
    ]);
  }));

test('only the latest results are held', () =>
  withDatabase(async ({ database }) => {
    const [oldest] = await runAsUser(database, 'select 1');
    await runAsUser(database, 'select 2;'.repeat(25));
    if (oldest?.kind !== 'rows') throw new Error('no rows');
    await expect(database.page(oldest.id, 0, 1)).rejects.toMatchObject({ name: 'ResultGoneError' });
  }));

test('a transaction that the cell leaves open is rolled back', () =>
  withDatabase(async ({ database }) => {
    await expect(runAsUser(database, 'begin; create table t (i int)')).rejects.toMatchObject({
      name: 'GateError',
    });
    await runAsUser(database, 'begin; create table u (i int); commit');
    await expect(runAsUser(database, 'begin; create table w (i int); select nope')).rejects.toThrow('nope');
    expect((await database.tables()).map((table) => table.name)).toEqual(['u']);
  }));

test('results of every type are paged, those of types that the user made as well', () =>
  withDatabase(async ({ database }) => {
    await runAsUser(
      database,
      `create type mood as enum ('sad', 'it''s "ok"'); create type money as decimal(10, 2); create type moment as timestamptz`,
    );
    const columns = `(case when range % 2 = 0 then 'sad' else 'it''s "ok"' end)::mood m, {'a "b': ['sad'::mood]} s,
      range::money d, timestamptz '2024-01-01 00:00:00Z'::moment z, map {'k': range} k, [range, null]::bigint[2] l,
      '{"a": 1}'::json j, union_value(n := range) u, '101'::bit b, 'ab'::blob bl, uuid() id, to_days(range::int) i,
      range::hugeint h, range::bignum bn, time_ns '10:00:00.000000001' tn, timetz '10:00:00+02' tz, {'v': range}::variant v`;
    const [result] = await runAsUser(database, `select ${columns} from range(5000)`);
    if (result?.kind !== 'rows') throw new Error('no rows');
    const again = await database.page(result.id, 0, 50);
    expect(again).toEqual(result.page);
    expect((await database.page(result.id, 4999, 1)).rows[0]?.[0]).toBe(`it's "ok"`);
    expect(await database.page(result.id, 0, 1, { filter: '"ok"' })).toMatchObject({ total: 2500 });
  }));

test('each statement without rows says what it did', () =>
  withDatabase(async ({ database }) => {
    const sql = `create table t as select i, i % 2 as k from range(4) t(i); set variable q = 5; use main; begin; commit;
      begin; rollback; vacuum; analyze; checkpoint; force checkpoint; prepare p as select 1; deallocate p;
      truncate t; create table w as select * from (pivot t on k using count(*)); call pragma_version()`;
    const results = await runAsUser(database, sql);
    expect(results.map((result) => (result.kind === 'done' ? result.message : result.kind))).toEqual([
      'Table t made, 4 rows',
      'Variable q set',
      'Using main',
      'Transaction begun',
      'Transaction committed',
      'Transaction begun',
      'Transaction rolled back',
      'Vacuumed',
      'Analyzed',
      'Checkpoint written',
      'Checkpoint written',
      'p prepared',
      'p deallocated',
      '4 rows deleted from t',
      'Table w made, 0 rows',
      'rows',
    ]);
  }));

test('a table of a PIVOT is made whole or not at all, by the model as well', () =>
  withDatabase(async ({ database }) => {
    await runAsUser(database, 'create table t as select i, i % 2 as k from range(4) t(i)');
    const make = 'create table w as select * from (pivot t on k using count(*))';
    for (const author of ['model', 'user'] as const) {
      await database.query(make, { author });
      await expect(database.query(make, { author })).rejects.toThrow(/already exists/);
      await database.query('drop table w', { author });
      const failing = `create table w as select error('no') from (pivot t on k using count(*))`;
      await expect(database.query(failing, { author })).rejects.toThrow(/no/);
      expect(await rowsOf(database, 'select count(*) from t', author)).toEqual([['4']]);
    }
    expect((await database.tables()).map(({ name }) => name)).toEqual(['t']);
  }));

test('rows that come in many small pieces fill the first page as well', () =>
  withDatabase(async ({ database, workspace }) => {
    for (const name of ['a/b/1.csv', 'a/2.csv', '3.csv']) {
      await mkdir(dirname(join(workspace, name)), { recursive: true });
      await writeFile(join(workspace, name), 'x\n1\n');
    }
    expect(await rowsOf(database, `from glob('${workspace}/**')`)).toHaveLength(3);
    const pieces = Array.from({ length: 12 }, (_, n) => `select ${n} as n`).join(' union all ');
    const [result] = await database.query(pieces, { author: 'user', limit: 10 });
    if (result?.kind !== 'rows') throw new Error('no rows');
    expect(result.page.total).toBe(12);
    expect(result.page.rows.map(([n]) => n)).toEqual(Array.from({ length: 10 }, (_, n) => String(n)));
  }));
