import { expect, test } from '@jest/globals';
import { DuckDBInstance } from '@duckdb/node-api';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from './openDatabase.js';
import { rowsOf, runAsUser, withDatabase } from './testing.js';

test('flush tells whether anything changed, and leaves a file that can be copied', () =>
  withDatabase(async ({ database, file, folder }) => {
    await runAsUser(database, 'select 1');
    expect(database.changed()).toBe(false);
    expect(await database.flush()).toEqual({ changed: false });
    await runAsUser(database, 'create table t as from range(100000)');
    expect(database.changed()).toBe(true);
    expect(await database.flush()).toEqual({ changed: true });
    expect(database.changed()).toBe(false);
    expect(await database.flush()).toEqual({ changed: false });

    const copy = join(folder, 'copy.duckdb');
    await copyFile(file, copy);
    const reader = await (await DuckDBInstance.create(copy)).connect();
    expect((await reader.runAndReadAll('select count(*) from t')).getRows()).toEqual([[100_000n]]);
  }));

test('what was committed is a change where no log is left: after CHECKPOINT, after a grant, and where the process is lost then', () => {
  let onLost: () => void = () => undefined;
  const lost = new Promise<void>((resolve) => (onLost = resolve));
  return withDatabase(
    async ({ database, data }) => {
      const isChanged = async (): Promise<boolean> =>
        database.changed() && (await database.flush()).changed && !database.changed();
      await runAsUser(database, 'create table t (i integer); checkpoint');
      expect(await isChanged()).toBe(true);
      await runAsUser(database, `insert into t values (1); from '${join(data, 'sub', 'x.csv')}'`);
      expect(await isChanged()).toBe(true);
      await runAsUser(database, 'insert into t values (2); checkpoint');
      process.kill(database.pid ?? 0, 'SIGKILL');
      await lost;
      expect(await rowsOf(database, 'select count(*) from t')).toEqual([['2']]);
      expect(await isChanged()).toBe(true);
    },
    {
      onLost: () => {
        onLost();
      },
    },
    { 'data/sub/x.csv': 'a\n1\n' },
  );
});

test('writing waits while a snapshot is taken, reading does not', () =>
  withDatabase(async ({ database }) => {
    await runAsUser(database, 'create table t as select 1 i');
    let release: () => void = () => undefined;
    database.holdWrites(
      new Promise<void>((resolve) => {
        release = resolve;
      }),
    );
    const order: string[] = [];
    expect(await rowsOf(database, 'from t')).toEqual([['1']]);
    const written = runAsUser(database, 'insert into t values (2)').then(() => order.push('written'));
    expect(await database.tables()).toHaveLength(1);
    order.push('released');
    release();
    await written;
    expect(order).toEqual(['released', 'written']);
  }));

test('what waits for a snapshot can be interrupted', () =>
  withDatabase(async ({ database }) => {
    await database.start();
    let release: () => void = () => undefined;
    database.holdWrites(
      new Promise<void>((resolve) => {
        release = resolve;
      }),
    );
    const stop = new AbortController();
    const waiting = database.query('create table t (i int)', { author: 'user', signal: stop.signal });
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'InterruptedError' });
    release();
    expect(await database.tables()).toEqual([]);
  }));

test('the file is put back as it was, and earlier results can still be paged', () =>
  withDatabase(async ({ database, file }) => {
    await runAsUser(database, 'create table t as select 1 i');
    await database.flush();
    const before = await readFile(file);
    const [result] = await runAsUser(database, 'from t');
    await runAsUser(database, 'insert into t values (2); create table u (i int)');
    await database.replace(async (path) => {
      expect(path).toBe(file);
      await writeFile(path, before);
      return undefined;
    });
    expect(await rowsOf(database, 'from t')).toEqual([['1']]);
    expect(await database.tables()).toHaveLength(1);
    if (result?.kind !== 'rows') throw new Error('no rows');
    expect((await database.page(result.id, 0, 5)).rows).toEqual([['1']]);
  }));

test('another file can take its place', () =>
  withDatabase(async ({ database, folder }) => {
    await runAsUser(database, 'create table t as select 1 i');
    await database.replace(async (path) => {
      await copyFile(path, join(folder, 'other.duckdb'));
      return join(folder, 'other.duckdb');
    });
    await runAsUser(database, 'insert into t values (2)');
    await database.close();
    const other = openDatabase({
      file: join(folder, 'other.duckdb'),
      workspace: folder,
      readable: { folders: [], files: [] },
    });
    expect(await rowsOf(other, 'from t')).toEqual([['1'], ['2']]);
    await other.close();
  }));

test('a DuckDB file is attached read-only, and seen until it is detached', () =>
  withDatabase(async ({ database, folder }) => {
    const source = join(folder, 'other.duckdb');
    const instance = await DuckDBInstance.create(source);
    const other = await instance.connect();
    await other.run('create table far as select 7 i');
    other.closeSync();
    instance.closeSync();
    await runAsUser(database, 'create temp table mine as select 1 i');
    await database.attach({ alias: 'o ther', source, type: 'duckdb' });
    expect(await rowsOf(database, 'select * from "o ther".far, mine', 'model')).toEqual([['7', '1']]);
    expect((await database.tables()).map((table) => table.name)).toEqual(['mine', '"o ther".far']);
    await expect(runAsUser(database, 'insert into "o ther".far values (1)')).rejects.toThrow(/read-only/);
    await database.detach('o ther');
    expect((await database.tables()).map((table) => table.name)).toEqual(['mine']);
    await expect(
      database.attach({ alias: 'x', source: join(folder, 'missing.duckdb'), type: 'duckdb' }),
    ).rejects.toThrow();
    expect(await rowsOf(database, 'from mine')).toEqual([['1']]);
  }));

test('an extension that cannot be had is named, with what to do', () =>
  withDatabase(async ({ database, folder }) => {
    await runAsUser(database, 'create table t as select 1 i');
    const attached = database.attach({ alias: 'x', source: join(folder, 'x.sqlite'), type: 'sqlite' }).then(
      () => 'attached',
      (error: unknown) => (error as Error).message,
    );
    expect(await attached).toMatch(
      /attached|extension sqlite is needed to attach a sqlite database|x\.sqlite/,
    );
    expect(await rowsOf(database, 'from t')).toEqual([['1']]);
  }));

test('a file that another process holds is an error that says so', () =>
  withDatabase(async ({ database, file, folder }) => {
    await runAsUser(database, 'select 1');
    const second = openDatabase({ file, workspace: folder, readable: { folders: [], files: [] } });
    await expect(second.start()).rejects.toThrow(/Conflicting lock/);
    await second.close();
    expect(await rowsOf(database, 'select 1')).toEqual([['1']]);
  }));

test('keys do not come out', () =>
  withDatabase(
    async ({ database }) => {
      expect(await rowsOf(database, `select 'the key is s3cr"et'`)).toEqual([['the key is ***']]);
      await expect(runAsUser(database, `select error('s3cr"et')`)).rejects.toThrow(/\*\*\*/);
    },
    { secrets: ['s3cr"et'] },
  ));

test('a result larger than the memory that it gets is paged, sorted and filtered, also when the file was opened again', () =>
  withDatabase(async ({ database, folder }) => {
    const rows = 1_000_000;
    const [result] = await runAsUser(
      database,
      `select range i, 'row ' || range s, md5(range::text) m from range(${rows})`,
    );
    if (result?.kind !== 'rows') throw new Error('no rows');
    expect(result.page.total).toBe(rows);
    await runAsUser(database, 'create table t as select 1');
    for (const reading of [[], [folder]]) {
      await database.setReadable({ folders: reading, files: [] });
      const { rows: last } = await database.page(result.id, rows - 1, 2);
      expect(last.map(([i, s]) => [i, s])).toEqual([['999999', 'row 999999']]);
      const sorted = await database.page(result.id, 0, 1, { order: 's', descending: true });
      expect(sorted.rows[0]?.[1]).toBe('row 999999');
      const found = await Promise.all(
        ['ROW 99999', 'row 99998', 'ROW 99999'].map((filter) => database.page(result.id, 1, 5, { filter })),
      );
      expect(found.map(({ total }) => total)).toEqual([11, 11, 11]);
      expect(found.map(({ rows: [second] }) => second?.[0])).toEqual(['999990', '999980', '999990']);
      const both = { filter: 'row 99999', order: 'i', descending: true };
      expect((await database.page(result.id, 10, 5, both)).rows.map(([i]) => i)).toEqual(['99999']);
    }
  }));
