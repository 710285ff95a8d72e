import { expect, test } from '@jest/globals';
import { DuckDBInstance } from '@duckdb/node-api';
import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from './openDatabase.js';
import { scan } from './sql/scan.js';
import { rowsOf, runAsUser, withDatabase } from './testing.js';
import type { Author, PageOptions } from './types.js';

/** What could pass for a space, and what DuckDB makes a plain one of. */
const CANDIDATES =
  '\u000b\u001c\u0085\u00a0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a' +
  '\u200b\u200c\u200d\u200e\u2028\u2029\u202f\u205f\u2060\u2061\u3000\u3164\ufeff';
const SPACES =
  '\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u205f\u2060\u3000\ufeff';
const DATA = { 'data/sales.csv': 'x\n1\n', 'data/plan.json': '{}' };
const refused = { name: 'GateError' };

test('a space of Unicode hides no function and no statement: DuckDB makes a plain one of it', () =>
  withDatabase(
    async ({ database, data, workspace }) => {
      const raw = await (await DuckDBInstance.create(':memory:')).connect();
      const isSpace = async (char: string): Promise<boolean> =>
        (await raw.run(`select${char}1`).catch(() => null)) !== null;
      for (const char of CANDIDATES) {
        expect([char, await isSpace(char)]).toEqual([char, SPACES.includes(char)]);
        expect([char, scan(`select${char}one`).length === 2]).toEqual([char, SPACES.includes(char)]);
      }
      for (const space of ['\u00a0', '\u200b', '\ufeff']) {
        for (const sql of [
          `from enable_logging${space}()`,
          `explain${space}analyze copy (select 1) to '${data}/sales.csv' (use_tmp_file false)`,
          `import${space}database 'ex'`,
        ])
          await expect(database.query(sql, { author: 'model' })).rejects.toMatchObject(refused);
        await expect(
          runAsUser(database, `copy${space}(select 1) to '${data}/sales.csv' (use_tmp_file false)`),
        ).rejects.toMatchObject(refused);
        expect(await rowsOf(database, `select${space}x from${space}'${data}/sales.csv'`)).toEqual([['1']]);
      }
      expect(await readFile(join(data, 'sales.csv'), 'utf8')).toBe('x\n1\n');
      expect(existsSync(join(workspace, 'x.csv'))).toBe(false);
    },
    {},
    DATA,
  ));

test('what writes a file of the data folder in DuckDB alone, writes none here', () =>
  withDatabase(
    async ({ database, data, workspace }) => {
      await runAsUser(database, 'create schema s; create table s."from" as select 1 i');
      await mkdir(join(workspace, 'into'));
      for (const sql of [
        `copy s.from to '${data}/sales.csv' (use_tmp_file false)`,
        `explain analyze copy s.from to '${data}/sales.csv' (use_tmp_file false)`,
        `prepare p as copy s.from to '${data}/sales.csv' (use_tmp_file false)`,
        `call enable_profiling(format = 'json', save_location = '${data}/plan.json')`,
        `from enable_profiling(format = 'json', save_location = '${data}/plan.json')`,
        `copy (select 1 a, 2 b) to 'into' (format csv, partition_by (a), filename_pattern '../../../../escaped_{i}')`,
        `copy (select 1) to 'into' (format csv, per_thread_output true, filename_pattern '../../escaped_{i}')`,
        `copy (select 1) to 'into' (format csv, per_thread_output true, file_extension 'csv/../../../escaped')`,
        `copy (select 1) to 'into' (format csv, per_thread_output true, filename_pattern '../' || 'escaped')`,
        `explain analyze copy (select 1) to 'into' (format csv, per_thread_output true, "FILENAME_PATTERN" '../escaped')`,
      ]) {
        const code = database.toParquet(`${sql}; select 1`, join(workspace, 'x.parquet'), {
          author: 'user',
          byCode: true,
        });
        await expect(code).rejects.toThrow();
        await expect(runAsUser(database, sql)).rejects.toMatchObject(refused);
      }
      await runAsUser(
        database,
        `copy s.from to 'into.csv'; copy s.from from 'into.csv';
        copy (select 1 a, 2 b) to 'parts' (format csv, partition_by (a), filename_pattern 'part_{i}', file_extension 'txt')`,
      );
      expect(await rowsOf(database, 'from s.from')).toEqual([['1'], ['1']]);
      expect(existsSync(join(workspace, 'parts', 'a=1', 'part_0.txt'))).toBe(true);
      expect(existsSync(join(workspace, 'escaped_0.csv'))).toBe(false);
      expect(await readFile(join(data, 'sales.csv'), 'utf8')).toBe('x\n1\n');
      expect(await readFile(join(data, 'plan.json'), 'utf8')).toBe('{}');
    },
    {},
    DATA,
  ));

test('SQL that a function or a pragma would run unseen, nobody runs', () =>
  withDatabase(async ({ database, workspace }) => {
    await runAsUser(database, `export database 'ex'`);
    await writeFile(join(workspace, 'ex', 'schema.sql'), 'from enable_logging()');
    for (const sql of [
      `from query('from enable' || '_logging()')`,
      `from json_execute_serialized_sql(json_serialize_sql('select 1'))`,
      `pragma json_execute_serialized_sql('{}')`,
      `pragma import_database('ex')`,
      `explain pragma import_database('ex')`,
      `prepare p as pragma import_database('ex')`,
      `pragma copy_database('a', 'b')`,
      `pragma add_parquet_key('k', '0123456789112345')`,
      `pragma "import_database"('ex')`,
    ])
      for (const author of ['user', 'model'] satisfies Author[])
        await expect(database.query(sql, { author })).rejects.toMatchObject(refused);
    for (const sql of [
      `pragma table_info('t')`,
      'pragma version',
      'pragma show_tables',
      'pragma database_size',
    ])
      await runAsUser(database, `create table if not exists t (i int); ${sql}`);
  }));

test('the model reads no settings, nor where files are, by a name in quotes either', () =>
  withDatabase(async ({ database }) => {
    for (const sql of [
      `from 'duckdb_databases'`,
      `from query_table('duckdb_databases')`,
      `from query_table(['pragma_database_list'])`,
      'pragma database_list',
      `select current_setting('allowed_paths')`,
    ])
      await expect(database.query(sql, { author: 'model' })).rejects.toMatchObject(refused);
  }));

test('a text that goes on in the next line is one text: the parts of a path do not pass alone', () =>
  withDatabase(async ({ database }) => {
    // An escape of PostgreSQL's that DuckDB does not know yet: the gate would have to read it as DuckDB does.
    await expect(runAsUser(database, `from U&'a\\002Fb.csv'`)).rejects.toThrow('NOT IMPLEMENTED');
    for (const sql of [`from 'a/.'\n'./b.csv'`, `from 'a/.' -- so\n 'env'`, `from 'a/.'\n--\n'./b.csv'`])
      await expect(database.query(sql, { author: 'model' })).rejects.toMatchObject(refused);
    expect(await rowsOf(database, `select 'a'\n -- b\n 'c' as t`, 'model')).toEqual([['ac']]);
  }));

test('a page, its order and its filter are no SQL, and what holds the rows opens no file', () =>
  withDatabase(async ({ database, workspace, folder }) => {
    const out = join(folder, 'out.csv');
    const copy = `copy (select 1) to '${out}'`;
    const [result] = await runAsUser(database, 'from range(5000)');
    if (result?.kind !== 'rows') throw new Error('no rows');
    const page = (offset: unknown, count: unknown, options: PageOptions = {}): Promise<unknown> =>
      database.page(result.id, offset as number, count as number, options);
    await expect(page(`0; ${copy}; --`, 5)).rejects.toThrow();
    await expect(page(0, `5; ${copy}; --`)).rejects.toThrow();
    await expect(page(-1, 5)).rejects.toThrow();
    await expect(page(0.5, 5)).rejects.toThrow();
    expect(await page(0, 5, { filter: `'; ${copy}; --` })).toMatchObject({ total: 0 });
    expect(await page(0, 1, { order: `c0; ${copy}; --`, descending: true })).toMatchObject({ rows: [['0']] });
    expect(existsSync(out)).toBe(false);
    await database.exportResult(result.id, join(workspace, 'rows.parquet'));
    expect(await rowsOf(database, `select count(*) from 'rows.parquet'`)).toEqual([['5000']]);
    await expect(database.exportResult(result.id, out)).rejects.toThrow(/may not be read here/);
  }));

test('the file of the database itself is read by nobody: the lock on it would go as it is closed', () =>
  withDatabase(async ({ database, file, workspace }) => {
    await runAsUser(database, 'create table t as select 1 i');
    const second = openDatabase({ file, workspace, readable: { folders: [], files: [] } });
    await symlink(file, join(workspace, 'own.duckdb'));
    await symlink(`${file}.wal`, join(workspace, 'own.wal'));
    const names = [file, `${file}.wal`, 'own.duckdb', './own.wal'];
    for (const sql of [...names.map((name) => `from read_blob('${name}')`), `from '${file}'`])
      for (const author of ['user', 'model'] satisfies Author[])
        await expect(database.query(sql, { author })).rejects.toMatchObject(refused);
    await expect(second.start()).rejects.toThrow('Conflicting lock');
    expect(await rowsOf(database, 'from t')).toEqual([['1']]);
  }));
