import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { filesWith } from '../support/filesWith.js';
import { freePort } from '../support/freePort.js';
import { kernelWithExtensions } from '../support/kernelWithExtensions.js';
import { startPostgres, type Postgres } from '../support/postgres.js';
import { startS3, type S3Server } from '../support/s3-server.js';
import { errorOf, resultOf, rowsOf, shown, withKernel, type Notebook } from './withKernel.js';

let folder: string;
let postgres: Postgres;
let s3: S3Server;
let kernel: { main: string; home: string };
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'worldline-attach-')));
  chmodSync(folder, 0o755);
  kernel = kernelWithExtensions(join(folder, 'kernel'));
  postgres = startPostgres(join(folder, 'postgres'), await freePort());
  postgres.run(`create table customers (id int, name text, balance numeric(12, 2), born date, tags text[]);
    insert into customers values (1, 'Ada', 12.50, '1815-12-10', '{a,b}'), (2, null, null, null, null)`);
  const table = 'x\n1\n2\n';
  s3 = await startS3(
    {
      'bucket/open/a.csv': table,
      'bucket/open/b.csv': table,
      'bucket/openly/c.csv': table,
      'bucket/d.csv': table,
    },
    'AKIATEST',
  );
});
afterAll(async () => {
  postgres.stop();
  await s3.close();
  rmSync(folder, { recursive: true, force: true });
});

const withExtensions = (body: (notebook: Notebook) => Promise<void>): Promise<void> =>
  withKernel(body, {
    main: kernel.main,
    env: {
      HOME: kernel.home,
      AWS_ENDPOINT_URL_S3: s3.url,
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'of-the-cloud',
      AWS_REGION: 'us-east-1',
    },
  });

test('a SQLite file is attached for reading, and nothing else of the disk with it', () =>
  withExtensions(async ({ kernel, folder: notebook }) => {
    for (const name of ['shop.sqlite', 'other.sqlite']) {
      execFileSync('python3', ['-c', SQLITE, join(notebook, name)]);
    }
    expect((await kernel.execute('%attach shop.sqlite as shop')).stdout).toContain('read-only');
    expect(resultOf(await kernel.execute('%%sql select item, price from shop.orders order by id'))).toMatch(
      /tea\s+2\.5\n\s*NULL\s+1\.0/,
    );
    expect(shown(await kernel.execute('%tables'))).toMatch(/shop\.orders\s+table\s+–/);
    for (const sql of [
      'insert into shop.orders select * from shop.orders',
      `from sqlite_scan('${notebook}/other.sqlite', 'orders')`,
      `call sqlite_attach('${notebook}/other.sqlite')`,
      `from "sqlite_query"('shop', 'select 1')`,
      `attach '${notebook}/other.sqlite' as other (type sqlite)`,
      `from postgres_scan('host=127.0.0.1', 'public', 'customers')`,
    ]) {
      expect((await kernel.execute(`%%sql ${sql}`)).status).toBe('error');
    }
    expect((await kernel.complete('%detach '))['matches']).toEqual(['shop']);
    expect((await kernel.execute('%detach shop')).status).toBe('ok');
    expect((await kernel.execute('%%sql from shop.orders')).status).toBe('error');
  }));

test('a Postgres database is attached for reading; its password is shown and kept nowhere', () =>
  withExtensions(async ({ kernel, home }) => {
    const { port, user, password } = postgres;
    const encoded = encodeURIComponent(password).replaceAll("'", '%27');
    const address = `postgresql://${user}:${encoded}@127.0.0.1:${port}/postgres`;
    const cells = [
      `%attach ${address} as pg`,
      `%attach "host=127.0.0.1 port=${port} dbname=postgres user=${user} password='${password.replace("'", "\\\\'")}'" as words`,
      '%%sql select id, name, balance, born, tags from pg.customers order by id',
      '%%sql create table seen as select path, options::varchar o from duckdb_databases(); from seen',
      '%%sql from duckdb_secrets()',
      '%%sql insert into pg.customers select * from pg.customers',
      `%attach ${address.replace(String(port), '1')} as nowhere`,
      `%attach ${address.replace(/:[^:@]*@/, ':wr0ng-password@')} as wrong`,
      `%attach ${address} as again\n%%sql select count(*) as n from again.customers`,
      '%tables',
    ];
    let all = '';
    const results = [];
    for (const cell of cells) {
      const result = await kernel.execute(cell);
      results.push(result.status);
      all += shown(result) + JSON.stringify(result.outputs.map(({ content }) => content));
    }
    const ok = 'ok';
    expect(results).toEqual([ok, ok, ok, ok, ok, 'error', 'error', 'error', ok, ok]);
    expect(all).toMatch(/Ada\s+12\.50\s+1815-12-10\s+\["a", "b"\]/);
    expect(all).toContain('pg.public.customers');
    for (const secret of [password, encoded, 'wr0ng-password']) {
      expect(all).not.toContain(secret);
      expect(filesWith(secret, home)).toBe('');
    }
  }));

test('a file that is damaged, cut off, or open elsewhere is not attached, and nothing else suffers', () =>
  withExtensions(async ({ kernel, folder: notebook }) => {
    const file = (name: string): string => join(notebook, name);
    execFileSync('python3', ['-c', SQLITE, file('whole.sqlite')]);
    writeFileSync(file('cut.sqlite'), readFileSync(file('whole.sqlite')).subarray(0, 4096));
    const making = await DuckDBInstance.create(file('open.duckdb'));
    await (await making.connect()).run('create table t as select 1 as i');
    making.closeSync();
    const bytes = readFileSync(file('open.duckdb'));
    writeFileSync(file('new.duckdb'), bytes);
    writeFileSync(file('cut.duckdb'), bytes.subarray(0, 9000));
    writeFileSync(file('spoilt.duckdb'), bytes.fill(7, 4096, 8192).fill(7, 8192, 12_288));
    const newer = readFileSync(file('new.duckdb'));
    newer.writeBigUInt64LE(200n, 12);
    newer.writeBigUInt64LE(checksum(newer.subarray(8, 4096)), 0);
    writeFileSync(file('newer.duckdb'), newer);
    const instance = await DuckDBInstance.create(file('open.duckdb'));
    for (const [name, said] of [
      ['cut.sqlite', /cut\.sqlite is damaged, or only a part/],
      ['cut.duckdb', /cut\.duckdb is damaged, or only a part/],
      ['newer.duckdb', /newer\.duckdb was written by a newer DuckDB: .* 200 .*Parquet/],
      ['spoilt.duckdb', /spoilt\.duckdb is damaged/],
      ['open.duckdb', /open\.duckdb is open in another program, .*node.* \(PID \d+\)/],
    ] as const) {
      expect(errorOf(await kernel.execute(`%attach ${name} as other`))).toMatch(said);
      expect((await kernel.execute('%tables')).status).toBe('ok');
    }
    instance.closeSync();
    expect((await kernel.execute('%attach open.duckdb as other')).status).toBe('ok');
    expect(rowsOf(await kernel.execute('%%sql from other.t'))).toEqual([['1']]);
  }));

test('a server that is gone is let go of once something asks for it, and holds up nothing else', () =>
  withExtensions(async ({ kernel, folder: notebook }) => {
    const { port, user, password } = postgres;
    const address = `postgresql://${user}:${encodeURIComponent(password).replaceAll("'", '%27')}@127.0.0.1:${port}/postgres`;
    mkdirSync(join(notebook, '..', 'more'));
    writeFileSync(join(notebook, '..', 'more', 'a.csv'), 'x\n1\n');
    const gone = async (cell: string): Promise<void> => {
      expect((await kernel.execute(`%attach ${address} as pg`)).status).toBe('ok');
      await kernel.execute('%%sql create or replace temp table kept as select 7 as x');
      await postgres.whileStopped(async () => {
        expect(errorOf(await kernel.execute(cell))).toMatch(/pg cannot be read any more, and was let go of/);
        expect((await kernel.execute(cell)).status).toBe('ok');
        expect(rowsOf(await kernel.execute('%%sql from kept'))).toEqual([['7']]);
      });
    };
    await gone('%tables');
    await gone('%allow ../more');
    expect(rowsOf(await kernel.execute('%%sql select count(*) from pg.customers'))).toEqual([['2']]);
    expect((await kernel.execute(`%attach ${address} as pg`)).status).toBe('ok');
    await postgres.whileStopped(async () => {
      expect((await kernel.execute('%detach pg')).stdout).toBe('Detached pg.\n');
      expect(shown(await kernel.execute('%tables'))).toContain('kept');
    });
  }));

test('a prefix in the cloud is read with the keys of the environment, and nothing beside it', () =>
  withExtensions(async ({ kernel }) => {
    expect((await kernel.execute(`%%sql from 's3://bucket/open/a.csv'`)).status).toBe('error');
    expect((await kernel.execute('%allow s3://bucket/open')).status).toBe('ok');
    expect(resultOf(await kernel.execute(`%%sql select sum(x) s from 's3://bucket/open/*.csv'`))).toContain(
      '6',
    );
    for (const sql of [
      `from 's3://bucket/d.csv'`,
      `from 's3://bucket/openly/c.csv'`,
      `from 's3://bucket/open/../d.csv'`,
      `from '${s3.url}/bucket/open/a.csv'`,
      `copy (select 1) to 's3://bucket/open/new.csv'`,
    ]) {
      expect([sql, (await kernel.execute(`%%sql ${sql}`)).status]).toEqual([sql, 'error']);
    }
    expect(s3.asked.filter((each) => !/ \/bucket\/(?:open\/.*)?$/.test(each))).toEqual([]);
    expect(shown(await kernel.execute('%%sql from duckdb_secrets()'))).not.toContain('of-the-cloud');
    await kernel.execute('%allow s3://bucket/open --revoke');
    expect((await kernel.execute(`%%sql from 's3://bucket/open/a.csv'`)).status).toBe('error');
  }));

/** As DuckDB has it in front of each block. */
function checksum(block: Buffer): bigint {
  let sum = 5381n;
  for (let at = 0; at < block.length; at += 8)
    sum ^= BigInt.asUintN(64, block.readBigUInt64LE(at) * 0xbf58476d1ce4e5b9n);
  return sum;
}

const SQLITE = `
import sqlite3, sys
shop = sqlite3.connect(sys.argv[1])
shop.execute("create table orders (id integer primary key, item text, price real)")
shop.execute("insert into orders values (1, 'tea', 2.5), (2, null, 1)")
shop.commit()`;
