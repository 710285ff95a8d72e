import { DuckDBInstance } from '@duckdb/node-api';
import { link, symlink } from 'node:fs/promises';
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
