import { lstat, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { rowsOf, runAsUser, withDatabase } from './testing.js';
import type { Database } from './types.js';

test('COPY does not write through a link that Python left in the workspace', () =>
  withDatabase(async ({ database, folder, workspace }) => {
    const outside = join(folder, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'kept.csv'), 'kept');
    for (const [link, target] of [
      ['kept.csv', 'kept.csv'],
      ['new.csv', 'new.csv'],
      ['folder', ''],
      ['later', 'later'],
    ] as const)
      await symlink(join(outside, target), join(workspace, link));
    for (const target of ['kept.csv', 'new.csv', 'folder/x.csv', 'later/x.csv', join(workspace, 'new.csv')]) {
      for (const options of ['', '(use_tmp_file false, format csv)', '(format parquet)']) {
        await expect(runAsUser(database, `copy (select 42 a) to '${target}' ${options}`)).rejects.toThrow(
          'that is no link',
        );
      }
    }
    expect(await readdir(outside)).toEqual(['kept.csv']);
    expect(await readFile(join(outside, 'kept.csv'), 'utf8')).toBe('kept');
    await runAsUser(database, `copy (select 42 a) to 'mine.csv'`);
    expect(await rowsOf(database, `from 'mine.csv'`)).toEqual([['42']]);
  }));

test('a link that appears after a target was looked at is replaced, not followed', () =>
  withDatabase(async ({ database, folder, workspace }) => {
    const outside = join(folder, 'outside');
    await mkdir(outside);
    await mkdir(join(workspace, 'folder'));
    await writeFile(join(outside, 'kept.csv'), 'kept');
    const copies: readonly (readonly [sql: string, name: string, target: string])[] = [
      [`copy (select 42 a) to 'kept.csv'`, 'kept.csv', join(outside, 'kept.csv')],
      [`copy (select 42 a) to 'new.csv' (use_tmp_file false)`, 'new.csv', join(outside, 'new.csv')],
      [
        `copy (select 42 a) to 'parts' (format csv, partition_by (a), write_partition_columns)`,
        'parts',
        outside,
      ],
      [`explain analyze copy (select 42 a) to 'e.csv'`, 'e.csv', join(outside, 'e.csv')],
      [`export database 'whole'`, 'whole', outside],
    ];
    for (const [sql, name, target] of copies) {
      await whileLooked(database, sql, () => symlink(target, join(workspace, name)));
      expect((await lstat(join(workspace, name))).isSymbolicLink()).toBe(false);
    }
    const inFolder = `copy (select 42 a) to 'folder/x.csv'`;
    await whileLooked(database, inFolder, async () => {
      await rename(join(workspace, 'folder'), join(workspace, 'moved'));
      await symlink(outside, join(workspace, 'folder'));
    });
    expect(await readFile(join(workspace, 'moved', 'x.csv'), 'utf8')).toBe('a\n42\n');
    expect(await readdir(outside)).toEqual(['kept.csv']);
    expect(await readFile(join(outside, 'kept.csv'), 'utf8')).toBe('kept');
    expect(await readdir(join(workspace, '.worldline', 'outgoing'))).toEqual([]);
  }));

/** Runs a writing statement, and `act` after its target was looked at and before DuckDB writes it. */
async function whileLooked(database: Database, sql: string, act: () => Promise<void>): Promise<void> {
  let release: () => void = () => undefined;
  database.holdWrites(
    new Promise<void>((resolve) => {
      release = resolve;
    }),
  );
  const running = runAsUser(database, sql);
  // Its process reads one message after the other: by this answer, it waits for the release.
  await database.tables();
  await act();
  release();
  await running;
}

test('what a COPY writes is as DuckDB writes it, and stands in the place that was named', () =>
  withDatabase(async ({ database, folder, workspace }) => {
    await runAsUser(database, 'create table t as select i, i % 3 g from range(9) t(i)');
    await runAsUser(database, `copy t to 'a.csv'; copy (select 7 i) to 'a.csv'`);
    expect(await readFile(join(workspace, 'a.csv'), 'utf8')).toBe('i\n7\n');
    await runAsUser(database, `copy t to '${workspace}/b.parquet'`);
    expect(await rowsOf(database, `select count(*) from 'b.parquet'`)).toEqual([['9']]);
    await mkdir(join(workspace, 'deep', 'er'), { recursive: true });
    await runAsUser(database, `copy t to 'deep/er/c.json.gz'`);
    expect(await rowsOf(database, `select sum(i) from 'deep/er/c.json.gz'`)).toEqual([['36']]);

    const parts = `copy t to 'parts' (format parquet, partition_by (g)`;
    await runAsUser(database, `${parts})`);
    await expect(runAsUser(database, `${parts})`)).rejects.toThrow(/'parts' cannot be written: .*OVERWRITE/);
    const count = (): Promise<readonly (readonly (string | null)[])[]> =>
      rowsOf(database, `select count(*) from 'parts/**/*.parquet'`);
    await runAsUser(database, `${parts}, overwrite_or_ignore)`);
    expect(await count()).toEqual([['9']]);
    await runAsUser(database, `${parts}, append)`);
    expect(await count()).toEqual([['18']]);
    await runAsUser(database, `${parts}, overwrite true)`);
    expect(await count()).toEqual([['9']]);
    expect(await rowsOf(database, `copy t to 'r.csv' (return_files)`)).toEqual([['9', '["r.csv"]']]);

    await runAsUser(
      database,
      `export database 'ex'; export database 'ex'; drop table t; import database 'ex'`,
    );
    expect(await rowsOf(database, 'select sum(i) from t')).toEqual([['36']]);
    expect(await readFile(join(workspace, 'ex', 'load.sql'), 'utf8')).toContain(`FROM 'ex/t.csv'`);

    for (const [sql, message] of [
      [`copy t to 'parts'`, /'parts' cannot be written: a folder of that name is there/],
      [`copy t to 'nowhere/x.csv'`, /'nowhere\/x.csv' cannot be written: its folder does not exist/],
      [`copy t to 'a.csv/x.csv'`, /a folder should be/],
      [`copy t to '.worldline/x.csv'`, /it is not in the workspace/],
      [`copy t to ''`, /cannot be written/],
      [`copy t to 's3://bucket/x.csv'`, /refused/],
    ] as const) {
      await expect(runAsUser(database, sql)).rejects.toThrow(message);
    }
    const wrong = `copy t to 'x.csv' (format nonsense)`;
    await expect(runAsUser(database, wrong)).rejects.toThrow(/nonsense/);
    await expect(runAsUser(database, `copy t to 'x.csv' (format csv) oops`)).rejects.toMatchObject({
      position: 31,
    });
    await expect(runAsUser(database, `copy (select error('at ${folder}')) to 'x.csv'`)).rejects.toThrow(
      folder,
    );
    expect(await readdir(join(workspace, '.worldline', 'outgoing'))).toEqual([]);
  }));
