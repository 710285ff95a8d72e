import { DuckDBInstance } from '@duckdb/node-api';
import { link, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openDatabase } from './openDatabase.js';
import { rowsOf, runAsUser, withDatabase } from './testing.js';

test('one file opened twice: in one process of DuckDB alone it diverges, here a second opening is refused', () =>
  withDatabase(async ({ database, folder, file, workspace }) => {
    const raw = join(folder, 'raw.duckdb');
    const one = await (await DuckDBInstance.create(raw)).connect();
    await one.run('create table t as select 1 i');
    const two = await (await DuckDBInstance.create(raw)).connect();
    await two.run('insert into t values (2)');
    const count = await one.runAndReadAll('select count(*) from t');
    expect(count.getRows()).toEqual([[1n]]);

    await runAsUser(database, 'create table t as select 1 i');
    const second = openDatabase({ file, workspace, readable: { folders: [], files: [] } });
    await expect(second.start()).rejects.toThrow('Conflicting lock');
    for (const [name, make] of [
      ['soft.duckdb', symlink],
      ['hard.duckdb', link],
    ] as const) {
      const source = join(folder, name);
      await make(file, source);
      for (const path of [file, source]) {
        const attached = database.attach({ alias: 'again', source: path, type: 'duckdb' });
        await expect(attached).rejects.toThrow('is this database itself, under another name');
      }
    }
    await runAsUser(database, 'insert into t values (2)');
    expect(await rowsOf(database, 'select count(*) from t')).toEqual([['2']]);
    await expect(second.start()).rejects.toThrow('Conflicting lock');
  }));

test('a database is attached under one name at a time', () =>
  withDatabase(async ({ database, folder }) => {
    const other = join(folder, 'other.duckdb');
    const raw = await (await DuckDBInstance.create(':memory:')).connect();
    await raw.run(`attach '${other}' as o; create table o.t as select 1 i; detach o`);
    await link(other, join(folder, 'same.duckdb'));
    await database.attach({ alias: 'first', source: other, type: 'duckdb' });
    await expect(
      database.attach({ alias: 'second', source: join(folder, 'same.duckdb'), type: 'duckdb' }),
    ).rejects.toThrow('is attached as first, under another name');
    expect(await rowsOf(database, 'from first.t')).toEqual([['1']]);
  }));

test('what cannot be opened when the process starts anew is said once, tried by who names it, and holds up nothing', () =>
  withDatabase(async ({ database, folder, lost }) => {
    const [one, two] = [join(folder, 'one.duckdb'), join(folder, 'two.duckdb')];
    const raw = await (await DuckDBInstance.create(':memory:')).connect();
    for (const file of [one, two])
      await raw.run(`attach '${file}' as o; create table o.t as select 1 i; detach o`);
    await database.attach({ alias: 'one', source: one, type: 'duckdb' });
    await database.attach({ alias: 'two', source: two, type: 'duckdb' });
    const noteOf = async (sql: string): Promise<string | undefined> => {
      const [result] = await runAsUser(database, sql);
      return result?.kind === 'rows' ? result.note : undefined;
    };

    await rename(two, `${two}.away`);
    process.kill(database.pid ?? 0, 'SIGKILL');
    await expect(runAsUser(database, 'select 1')).rejects.toMatchObject({ name: 'DatabaseLostError' });
    expect(lost).toHaveLength(1);
    expect(await noteOf('select 1')).toMatch(
      /^two is attached, and cannot be opened: .*two\.duckdb.*\nA cell that names it tries again; %detach two lets go of it\.$/,
    );
    expect(await noteOf('select two from (select 2 two), one.t')).toBeUndefined();
    await expect(runAsUser(database, 'from two.t')).rejects.toThrow(/^two is attached, and cannot be opened/);
    await runAsUser(database, 'use one; create temp table kept as select 7 as x');

    await rename(`${two}.away`, two);
    expect(await rowsOf(database, 'select i, x from two.t, kept')).toEqual([['1', '7']]);
    await rename(two, `${two}.away`);
    process.kill(database.pid ?? 0, 'SIGKILL');
    await expect(runAsUser(database, 'select 1')).rejects.toMatchObject({ name: 'DatabaseLostError' });
    await database.detach('two');
    await expect(runAsUser(database, 'from two.t')).rejects.toThrow(
      /no schema or attached database named two\. .*%attach SOURCE as two/,
    );
  }));
