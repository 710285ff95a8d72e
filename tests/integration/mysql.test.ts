import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { filesWith } from '../support/filesWith.js';
import { freePort } from '../support/freePort.js';
import { kernelWithExtensions } from '../support/kernelWithExtensions.js';
import { startMySql, type MySql } from '../support/mysql.js';
import { shown, withKernel } from './withKernel.js';

const PASSWORD = "it's s3cret&long";
let folder: string;
let mysql: MySql;
let extended: { main: string; home: string };
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'worldline-mysql-')));
  chmodSync(folder, 0o755);
  extended = kernelWithExtensions(join(folder, 'kernel'));
  mysql = await startMySql(join(folder, 'mysql'), await freePort());
  mysql.run(`create database shop; use shop;
    create table customers (id int primary key, name varchar(20), balance decimal(12, 2), born date,
      seen datetime(6), regular boolean);
    insert into customers values (1, 'Ada', 12.50, '1815-12-10', '2024-01-02 03:04:05.678', 1),
      (2, null, null, null, null, null);
    create user 'reader'@'127.0.0.1' identified by '${PASSWORD.replace("'", "''")}';
    grant all on shop.* to 'reader'@'127.0.0.1'`);
});
afterAll(async () => {
  await mysql.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a MySQL database is attached for reading; its password is shown and kept nowhere', () =>
  withKernel(
    async ({ kernel, home }) => {
      const encoded = encodeURIComponent(PASSWORD).replaceAll("'", '%27');
      const address = `mysql://reader:${encoded}@127.0.0.1:${mysql.port}/shop`;
      const cells = [
        `%attach ${address} as my`,
        `%attach mysql://reader@127.0.0.1:${mysql.port}/shop as by_environment`,
        `%attach "host=127.0.0.1 port=${mysql.port} database=shop user=reader password='${PASSWORD.replace("'", "\\\\'")}'" as words`,
        '%%sql select * from my.customers order by id',
        '%%sql select count(*) as n from by_environment.customers c join words.shop.customers w on c.id = w.id',
        '%%sql create table seen as select path, options::varchar o from duckdb_databases(); from seen',
        '%describe my.customers',
        '%tables',
        '%%sql insert into my.customers (id) values (3)',
        `%%sql from mysql_query('my', 'delete from customers')`,
        `%%sql call mysql_execute('my', 'delete from customers')`,
        `%attach ${address.replace(String(mysql.port), '1')} as nowhere`,
        `%attach ${address.replace(/:[^:@]*@/, ':wr0ng-password@')} as wrong`,
        '%detach my',
        '%%sql from my.customers',
      ];
      let all = '';
      const failed = [];
      for (const cell of cells) {
        const result = await kernel.execute(cell);
        if (result.status === 'error') failed.push(cell);
        all += shown(result) + JSON.stringify(result.outputs.map(({ content }) => content));
      }
      expect(failed).toEqual([...cells.slice(8, 13), cells[14]]);
      expect(all).toMatch(/Ada\s+12\.50\s+1815-12-10\s+2024-01-02 03:04:05\.678\s+true\n\s*2\s+NULL\s+NULL/);
      expect(all).toMatch(
        /my\.shop\.customers\s+table\s+–\s+id INTEGER, name VARCHAR, balance DECIMAL\(12,2\)/,
      );
      expect(all).toMatch(/balance\s+DECIMAL\(12,2\)\s+1\s+1\s+12\.50/);
      expect(all).not.toContain('information_schema');
      for (const secret of [PASSWORD, encoded, 'wr0ng-password']) {
        expect(all).not.toContain(secret);
        expect(filesWith(secret, home)).toBe('');
      }
    },
    { main: extended.main, env: { HOME: extended.home, MYSQL_PWD: PASSWORD } },
  ));
