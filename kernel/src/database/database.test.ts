import { afterEach, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from './openDatabase.js';
import type { Database, OpenOptions, StatementResult } from './types.js';

let folder = '';
let database: Database | null = null;

async function open(options: Partial<OpenOptions> = {}): Promise<Database> {
  folder = await mkdtemp(join(tmpdir(), 'worldline-database-'));
  database = openDatabase({
    file: join(folder, 'state', 'main.duckdb'),
    workspace: folder,
    readable: { folders: [], files: [] },
    ...options,
  });
  return database;
}

afterEach(async () => {
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});

test('statements run one after the other', async () => {
  const db = await open();
  const seen: StatementResult[] = [];
  const results = await db.query(
    `create table t as select 1 a; insert into t values (2); from t order by a`,
    {
      author: 'user',
      onResult: (result) => seen.push(result),
    },
  );
  expect(results).toMatchObject([
    { kind: 'done', message: 'Table t made' },
    { kind: 'done', message: '1 row inserted into t', rowsChanged: 1 },
    {
      kind: 'rows',
      page: { columns: [{ name: 'a', type: 'INTEGER', kind: 'number' }], rows: [['1'], ['2']], total: 2 },
    },
  ]);
  expect(seen).toEqual(results);
});

test('an error tells where', async () => {
  const db = await open();
  await expect(db.query(`select 'é';\n select 1 + nope`, { author: 'user' })).rejects.toMatchObject({
    name: 'BinderError',
    message: expect.stringContaining('nope') as string,
    position: 24,
  });
});
test('big', async () => {
  const db = await open();
  let first = 0;
  const started = performance.now();
  const [result] = await db.query(
    `select i, hash(i) h, 'string ' || i s, i::double d, date '2020-01-01' + i%1000 e from (select range::int i from range(1000000))`,
    {
      author: 'user',
      onPage: (page) => {
        first = performance.now() - started;
        expect(page.rows).toHaveLength(50);
      },
    },
  );
  console.log(first, performance.now() - started);
  if (result?.kind !== 'rows') throw new Error('no rows');
  expect(result.page.total).toBe(1000000);
  let t = performance.now();
  console.log(JSON.stringify(await db.page(result.id, 500000, 3)), performance.now() - t);
  t = performance.now();
  console.log(
    JSON.stringify(await db.page(result.id, 10, 3, { order: 'i', descending: true })),
    performance.now() - t,
  );
  t = performance.now();
  console.log(JSON.stringify(await db.page(result.id, 0, 3, { filter: 'g 99999' })), performance.now() - t);
  await writeFile(join(folder, 'x'), '');
  for (let k = 0; k < 5; k++) {
    t = performance.now();
    await db.query('select 1', { author: 'user' });
    console.log('select 1', performance.now() - t);
  }
  for (let k = 0; k < 5; k++) {
    t = performance.now();
    await db.query('select 1', { author: 'model' });
    console.log('model select 1', performance.now() - t);
  }
  console.log(await db.tables());
});
