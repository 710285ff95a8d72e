import { expect, test } from '@jest/globals';
import { DuckDBInstance } from '@duckdb/node-api';
import { existsSync } from 'node:fs';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rowsOf, runAsUser, withDatabase } from './testing.js';
import type { Author } from './types.js';

test('COPY over the database itself: destroys it in DuckDB alone, is refused here', () =>
  withDatabase(async ({ database, folder, file }) => {
    const raw = join(folder, 'raw.duckdb');
    const open = await (await DuckDBInstance.create(raw)).connect();
    await open.run('create table t as select 1 i; checkpoint');
    await open.run('set enable_external_access = false');
    await open.run(`copy (select 'gone') to '${raw}' (use_tmp_file false, format csv)`);
    expect(await readFile(raw, 'utf8')).toContain('gone');

    await runAsUser(database, 'create table t as select 1 i');
    const copy = `copy (select 'gone') to '${file}' (use_tmp_file false, format csv)`;
    for (const sql of [copy, `explain analyze ${copy}`]) {
      for (const author of ['user', 'model'] satisfies Author[]) {
        await expect(database.query(sql, { author })).rejects.toMatchObject({ name: 'GateError' });
      }
    }
    await expect(database.toParquet(copy, join(folder, 'x.parquet'), { author: 'model' })).rejects.toThrow();
    expect(await rowsOf(database, 'from t')).toEqual([['1']]);
  }));

test('IMPORT of a folder: DuckDB runs whatever its scripts say, here only what an export writes', () =>
  withDatabase(async ({ database, file, workspace }) => {
    await runAsUser(database, `create table t as select 1 i; create view v as from t; export database 'ex'`);
    await runAsUser(database, `drop view v; drop table t; import database 'ex'`);
    expect(await rowsOf(database, 'from v')).toEqual([['1']]);
    for (const script of ['schema.sql', 'load.sql']) {
      const kept = await readFile(join(workspace, 'ex', script));
      for (const statement of [
        `copy (select 'gone') to '${file}' (use_tmp_file false, format csv)`,
        `copy (select 'gone') to 'x.csv'`,
        'from enable_logging()',
        'create view w as from enable_logging()',
        `attach ':memory:' as o`,
        'drop table t',
        'select 1',
      ]) {
        await writeFile(join(workspace, 'ex', script), statement);
        await expect(runAsUser(database, `import database 'ex'`)).rejects.toMatchObject({
          name: 'GateError',
        });
      }
      await writeFile(join(workspace, 'ex', script), kept);
    }
    await expect(runAsUser(database, `import database 'ex'`)).rejects.toThrow(/exists.*\(in schema.sql\)/s);
    await expect(runAsUser(database, `import database 'nowhere'`)).rejects.toThrow(/nowhere/);
    expect(existsSync(join(workspace, 'x.csv'))).toBe(false);
    await writeFile(join(workspace, 'ex', 'schema.sql'), 'drop view v; select 1');
    await writeFile(join(workspace, 'ex', 'load.sql'), '');
    const taken = database.toParquet(`import database 'ex'`, join(workspace, 'x.parquet'), {
      author: 'user',
    });
    await expect(taken).rejects.toThrow(/Only a query/);
    expect(await rowsOf(database, 'from v')).toEqual([['1']]);
  }));

test('a database attached read-only: DuckDB alone attaches it again to write, here it cannot be let go of', () =>
  withDatabase(async ({ database, folder }) => {
    const other = join(folder, 'other.duckdb');
    const raw = await (await DuckDBInstance.create(':memory:')).connect();
    await raw.run(`attach '${other}' as o; create table o.t as select 1 i; detach o`);
    await raw.run(
      `attach '${other}' as o (read_only); detach o; attach '${other}' as o; delete from o.t; detach o`,
    );

    await database.attach({ alias: 'o', source: other, type: 'duckdb' });
    for (const author of ['user', 'model'] satisfies Author[]) {
      for (const sql of ['detach o', `attach '${other}' as p`, `attach or replace '${other}' as o`]) {
        await expect(database.query(sql, { author })).rejects.toMatchObject({ name: 'GateError' });
      }
      await expect(database.query('insert into o.t values (2)', { author })).rejects.toThrow(/read-only/);
    }
    expect(await rowsOf(database, 'select count(*) from o.t')).toEqual([['0']]);
  }));

test('logging: passes the lock and a read-only transaction in DuckDB alone, is refused here', () =>
  withDatabase(async ({ database }) => {
    const raw = await (await DuckDBInstance.create(':memory:')).connect();
    await raw.run('set enable_external_access = false; set lock_configuration = true');
    await raw.run('begin transaction read only; from enable_logging(); rollback; select 1');
    const logged = await raw.runAndReadAll('select count(*) > 0 from duckdb_logs()');
    expect(logged.getRows()).toEqual([[true]]);
    for (const author of ['user', 'model'] satisfies Author[]) {
      for (const sql of ['from enable_logging()', `call enable_logging(storage = 'file')`]) {
        await expect(database.query(sql, { author })).rejects.toMatchObject({ name: 'GateError' });
      }
    }
  }));

test('EXPLAIN ANALYZE of a COPY writes even in a read-only transaction in DuckDB alone', () =>
  withDatabase(async ({ folder }) => {
    const raw = await (await DuckDBInstance.create(':memory:')).connect();
    await raw.run('begin transaction read only');
    await raw.run(`explain analyze copy (select 'written') to '${folder}/x.csv'`);
    expect(await readFile(join(folder, 'x.csv'), 'utf8')).toContain('written');
  }));

test('what DuckDB opens by itself, it does not open here', () =>
  withDatabase(
    async ({ database, folder, data, workspace }) => {
      const raw = await (await DuckDBInstance.create(':memory:')).connect();
      const secret = join(folder, 'outside', 'secret.csv');
      expect((await raw.runAndReadAll(`from '${secret}'`)).getRows()).toEqual([['tells']]);

      await symlink(join(folder, 'outside'), join(workspace, 'linked'));
      await symlink(secret, join(data, 'linked.csv'));
      for (const author of ['user', 'model'] satisfies Author[]) {
        for (const sql of [
          `from '${secret}'`,
          `from read_csv('${secret}')`,
          `from read_text('/etc/passwd')`,
          `from read_csv(['${data}/.env.csv'])`,
          `from '${data}/.git/config.csv'`,
          `from '${data}/deep/er/.hidden/x.csv'`,
          `from '${data}/*/.hidden/*.csv'`,
          `from '${data}/.*'`,
          `from 'linked/secret.csv'`,
          `from '${data}/linked.csv'`,
          `from glob('${folder}/*')`,
          `from glob('/etc/*')`,
          `from glob('linked/*')`,
          `from glob('${workspace}/linked/*')`,
          `from '../outside/secret.csv'`,
        ]) {
          const answer = database.query(sql, { author }).then(
            (results) => JSON.stringify(results),
            (error: unknown) => String(error),
          );
          expect(await answer).not.toContain('tells');
          expect(await answer).toMatch(/Error|"total":0/);
        }
      }
    },
    {},
    {
      'outside/secret.csv': 'word\ntells\n',
      'data/.env.csv': 'word\ntells\n',
      'data/.git/config.csv': 'word\ntells\n',
      'data/deep/er/.hidden/x.csv': 'word\ntells\n',
    },
  ));

test('behind the gate, the settings themselves hold: nothing loads, nothing outside opens, and none can be changed', () =>
  withDatabase(async ({ database, data, folder }) => {
    const held = async (): Promise<unknown> =>
      Object.fromEntries(
        await rowsOf(
          database,
          `select name, value from duckdb_settings() where name in ('lock_configuration', 'enable_external_access',
           'autoinstall_known_extensions', 'autoload_known_extensions', 'allow_community_extensions')`,
        ),
      );
    const wanted = {
      lock_configuration: 'true',
      enable_external_access: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
    };
    expect(await held()).toEqual(wanted);
    await database.setReadable({ folders: [data, folder], files: [] });
    expect(await held()).toEqual(wanted);
  }));
