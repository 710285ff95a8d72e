import { expect, test } from '@jest/globals';
import { DuckDBInstance } from '@duckdb/node-api';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rowsOf, runAsUser, withDatabase } from './testing.js';

const REFUSED_TO_THE_MODEL: readonly string[] = [
  `attach ':memory:' as other`,
  'detach main',
  `copy t to 'out.csv'`,
  `copy t from 'in.csv'`,
  `export database 'out'`,
  `import database 'out'`,
  'load json',
  'install httpfs',
  'call pragma_version()',
  'checkpoint',
  `set memory_limit = '1GB'`,
  'reset memory_limit',
  'set variable x = 1',
  'use main',
  'prepare p as select 1',
  'execute p',
  'deallocate p',
  'force checkpoint',
  'copy from database main to other',
  'start transaction',
  'abort',
  'begin',
  'commit',
  'rollback',
  'vacuum',
  'analyze',
  'create secret s (type s3)',
  'create or replace persistent secret s (type s3)',
  'drop secret s',
  'pragma enable_profiling',
  'update extensions',
  `explain analyze copy t to 'out.csv'`,
  `explain (analyze, format json) copy t to 'out.csv'`,
  'from enable_logging()',
  'from "enable_logging"()',
  'from system.main.enable_logging /* so */ ()',
  'select * from t, lateral (from enable_logging())',
  'create view v as from enable_logging()',
  `from query('from enable_logging()')`,
  `from json_execute_serialized_sql('{}')`,
  'from checkpoint()',
  'from duckdb_secrets()',
  'from duckdb_settings()',
  'from duckdb_databases()',
  'select install_path from duckdb_extensions()',
  'from duckdb_profiling_settings()',
  `from sqlite_query('shop', 'select 1')`,
  `from read_text('a' || '.csv')`,
  `from read_csv(['a.csv', 'b' || '.csv'])`,
  `from read_csv(concat('a', '.csv'))`,
  `create macro f(x) as table from read_text(x)`,
  `from query_table('a' || '.csv')`,
  `from histogram_values('a' || '.csv', x)`,
  `select 1 from t, lateral histogram(concat('a', '.csv'), x)`,
  `select histogram(i) from system.main.histogram(col_name := x, source := 'a' || '.csv')`,
  `from query_table(['t', getvariable('x')])`,
  `from 'a/../../b.csv'`,
  `from read_csv('a/b/../../../c.csv', header = true)`,
  `select * from t, 'a/.env'`,
  `from "a/.git/config"`,
  `from glob('a/.*/../x')`,
];

const READ_BY_THE_MODEL: readonly string[] = [
  '-- a comment first\nselect 1',
  'from t',
  'values (1)',
  'with x as (select 1) select * from x',
  'describe t',
  'show tables',
  'summarize t',
  'pivot t on i using count(*)',
  'pragma table_info(t)',
  'explain select 1',
  'explain analyze select 1',
  '(select 1)',
  'table t',
  'unpivot (select 1 a, 2 b) on a, b',
  `from query_table('t')`,
  `from query_table(['t', 't'])`,
  `select '1/2', './x', '%/%' like 'a/b'`,
  'from histogram_values(t, i)',
  `from histogram('t', i) join t on true`,
  `select i, histogram(abs(i) * 2), histogram(abs(i), [1, 2]) from t group by i`,
];

const WRITTEN_BY_THE_MODEL: readonly string[] = [
  'create table u as select 1 i',
  'insert into t values (1)',
  'with x as (select 2 as i) insert into t select i from x',
  'explain analyze insert into t values (3)',
  'update t set i = 5 where i = 1',
  'merge into t using (select 5 as i) s on t.i = s.i when matched then delete',
  'delete from t',
  'truncate t',
  'alter table t add column j int',
  'comment on table t is $$about$$',
  'create view v as from t',
  'create or replace temp view w as from t',
  'create macro f(x) as x',
  'create schema s',
  `create type mood as enum ('a')`,
  'create unique index ix on u (i)',
  'create sequence sq',
  'drop table u',
];

test.each(REFUSED_TO_THE_MODEL)('the model may not: %s', (sql) =>
  withDatabase(async ({ database, workspace }) => {
    await runAsUser(database, 'create table t as select 1 i');
    await expect(database.query(sql, { author: 'model' })).rejects.toMatchObject({ name: 'GateError' });
    expect(existsSync(join(workspace, 'out.csv'))).toBe(false);
    expect(await rowsOf(database, 'from t', 'model')).toEqual([['1']]);
  }),
);

test('the model reads in all the ways that SQL has', () =>
  withDatabase(async ({ database }) => {
    await runAsUser(database, 'create table t as select 1 i');
    await database.flush();
    for (const sql of READ_BY_THE_MODEL) {
      await expect(database.query(sql, { author: 'model' })).resolves.toHaveLength(1);
    }
    expect(database.changed()).toBe(false);
  }));

test('the model writes to its own database', () =>
  withDatabase(async ({ database }) => {
    await runAsUser(database, 'create table t as select 1 i');
    for (const sql of WRITTEN_BY_THE_MODEL) {
      await expect(database.query(sql, { author: 'model' })).resolves.toHaveLength(1);
    }
    expect((await database.tables()).map((table) => table.name).sort()).toEqual(['t', 'v', 'w']);
  }));

test('code that runs SQL names files plainly, whoever wrote it', () =>
  withDatabase(async ({ database, workspace }) => {
    await writeFile(join(workspace, 'a.csv'), 'x\n1\n');
    const take = (sql: string, byCode: boolean): Promise<unknown> =>
      database.toParquet(sql, join(workspace, 'x.parquet'), { author: 'user', byCode });
    for (const sql of [`from read_csv('a' || '.csv')`, `from 'b/../a.csv'`, `from 'b/../a.csv'; select 1`])
      await expect(take(sql, true)).rejects.toMatchObject({ name: 'GateError' });
    await take(`from read_csv('a' || '.csv')`, false);
    await take(`select * from 'a.csv', read_csv(['a.csv', './a.csv'], header = true)`, true);
  }));

test('a refusal says what was refused and what to do instead', () =>
  withDatabase(async ({ database }) => {
    const refused = database.query(`select 1; attach 'x.db' as x`, { author: 'user' });
    await expect(refused).rejects.toThrow(/ATTACH is refused here\. .*%attach FILE as ALIAS/);
  }));

test('the user may do more, in the workspace', () =>
  withDatabase(async ({ database, workspace }) => {
    await runAsUser(
      database,
      `create table t as select 1 i; copy t to 'out.csv'; copy t from 'out.csv'; export database 'exported';
       call pragma_version(); set variable x = 3; prepare p as select 1; execute p; deallocate p;
       vacuum; checkpoint; use main; begin; commit`,
    );
    expect(await readFile(join(workspace, 'out.csv'), 'utf8')).toBe('i\n1\n');
    expect(await rowsOf(database, `select getvariable('x'), count(*) from t`)).toEqual([['3', '2']]);
  }));

test.each([
  `attach ':memory:' as x`,
  'detach main',
  'install httpfs',
  'load json',
  'create secret s (type s3)',
  'pragma enable_profiling',
  `set memory_limit = '1GB'`,
  `from enable_logging(storage = 'file')`,
  `copy (select 1) to ('a' || '.csv')`,
  `copy (select 1) to '../out.csv'`,
  `copy (select 1) to '/tmp/worldline-out.csv'`,
  `explain analyze copy (select 1) to '../out.csv'`,
  `export database '../out'`,
  `prepare p as copy (select 1) to '../out.csv'`,
  `prepare p(varchar) as copy (select 1) to $1`,
  `prepare p as from enable_logging()`,
  `from sqlite_scan('/home/me/cookies.sqlite', 'cookies')`,
  `call postgres_attach('host=elsewhere')`,
  `from "postgres_query"('shop', 'delete from customers')`,
  `from mysql_query('shop', 'select 1')`,
])('the user may not: %s', (sql) =>
  withDatabase(async ({ database }) => {
    await expect(runAsUser(database, sql)).rejects.toMatchObject({ name: 'GateError' });
  }),
);

test('every table function of DuckDB is known to the gate, so that a new one is looked at', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const reader = await connection.runAndReadAll(
    `select distinct function_name from duckdb_functions() where function_type in ('table', 'table_macro')
     and not regexp_matches(function_name, '^(duckdb_|read_|parquet_|pragma_|json_|icu_|pg_|test_|arrow_scan)') order by 1`,
  );
  expect(reader.getRows().map((row) => row[0])).toEqual(
    (
      'check_peg_parser checkpoint disable_logging disable_peg_parser disable_profiling enable_logging ' +
      'enable_peg_parser enable_profiling force_checkpoint generate_series glob histogram histogram_values query query_table range repeat ' +
      'repeat_row seq_scan sniff_csv sql_auto_complete summary truncate_duckdb_logs unnest which_secret'
    ).split(' '),
  );
});

test('a query that writes on the side, by a sequence, changes nothing for the model', () =>
  withDatabase(async ({ database }) => {
    await runAsUser(database, 'create sequence s; checkpoint');
    await expect(rowsOf(database, `select nextval('s')`, 'model')).rejects.toThrow(/read-only/);
    expect(await rowsOf(database, `select nextval('s')`)).toEqual([['1']]);
  }));
