import { expect, test } from '@jest/globals';
import type { Catalog } from '../../database/types.js';
import { completeSql } from './sql.js';

const table = (name: string, ...columns: string[]): Catalog['tables'][number] => ({
  name,
  kind: 'table',
  columns: columns.map((column) => ({ name: column, type: 'INTEGER' })),
});
const CATALOG: Catalog = {
  schemas: ['main', 's'],
  attached: ['shop'],
  functions: ['sum', 'date_trunc'],
  tableFunctions: ['customers_of', 'read_csv'],
  tables: [
    table('orders', 'id', 'Total price', 'customer'),
    table('customers', 'id', 'name'),
    table('"My Table"', 'x'),
    table('s.inner', 'deep'),
    table('shop.items', 'sku'),
  ],
};
const ORDERS = ['id', '"Total price"', 'customer'];

/** What Tab offers at the bar, keywords and functions left out. */
function offered(marked: string): string[] | string {
  const at = marked.indexOf('|');
  const { matches, file } = completeSql(marked.replace('|', ''), at, CATALOG);
  if (file !== null) return `file ${file}`;
  return matches.filter(({ type }) => type !== 'keyword' && type !== 'function').map(({ text }) => text);
}
const columns = (marked: string): unknown => {
  const at = marked.indexOf('|');
  return completeSql(marked.replace('|', ''), at, CATALOG)
    .matches.filter(({ type }) => type === 'column')
    .map(({ text }) => text);
};

test.each([
  ['select o.| from orders o', ORDERS],
  ['select O.tot| from orders as o', ['"Total price"']],
  ['select orders.| from orders', ORDERS],
  ['select c.| from orders o join customers c on c.id = o.id', ['id', 'name']],
  ['select * from orders o left join customers as c on c.|', ['id', 'name']],
  ['select * from orders, customers c where c.|', ['id', 'name']],
  ['select "My Table".| from "My Table"', ['x']],
  ['select "o".| from orders as "o"', ORDERS],
  ['select i.| from s.inner i', ['deep']],
  ['select s.inner.| from s.inner', ['deep']],
  ['select * from s.|', ['inner']],
  ['select * from shop.|', ['items']],
  ['select 1; select o.| from orders o; select o.x from customers o', ORDERS],
])('after a name and its dot: %s', (sql, wanted) => {
  expect(offered(sql)).toEqual(wanted);
});

test.each([
  ['with big as (select id, sum(customer) as Total from orders) select b.| from big b', ['id', '"Total"']],
  ['with big as (select id, customer from orders) select | from big', ['id', 'customer', '"Total price"']],
  ['with a as (from orders), b as (select o.*, 1 n from a o) select b.| from b', [...ORDERS, 'n']],
  ['with b as materialized (select id k from orders) select b.| from b', ['k']],
  ['select x.| from (select id as k, name from customers) x', ['k', 'name']],
  ['select x.| from (select * from customers where id in (select 1)) as x', ['id', 'name']],
  ['select x.| from (from customers select name n) x', ['n']],
  ['select * from (select | from customers) t', ['id', 'name']],
  ['from customers select |', ['id', 'name']],
  ['update customers set |', ['id', 'name']],
  ['insert into customers (|', ['id', 'name']],
  ['delete from customers where |', ['id', 'name']],
  ["-- it's\nselect | from customers", ['id', 'name']],
  ["select 'it''s', | from customers", ['id', 'name']],
])('columns in queries of queries: %s', (sql, wanted) => {
  expect(columns(sql)).toEqual(wanted);
});

test.each([
  ['with big as (from orders) select * from b|', ['big']],
  ['select * from "My|', ['"My Table"']],
  ['select "T| from orders', ['"Total price"']],
  ['select * from orders o left join cus|', ['customers']],
  ['describe cus|', ['customers']],
])('tables: %s', (sql, wanted) => {
  expect(offered(sql)).toEqual(wanted);
});

test('files in a text that is open; nothing in a comment', () => {
  expect(offered("select * from 'da|")).toBe('file da');
  expect(offered("select * from read_csv('|")).toBe('file ');
  expect(offered("select 'a', '2024/q| from t")).toBe('file 2024/q');
  expect(offered('select 1 -- fr|')).toEqual([]);
  expect(offered('select /* fr|')).toEqual([]);
});

test('functions: those that give rows after FROM, once a letter of them is there, the others elsewhere', () => {
  const all = (sql: string): string[] =>
    completeSql(sql, sql.length, CATALOG).matches.map(({ text }) => text);
  expect(all('select * from cus')).toEqual(['customers', 'customers_of(']);
  expect(all('from ')).not.toContain('read_csv(');
  expect(all('from orders join read_')).toEqual(['read_csv(']);
  expect(all('select date_')).toEqual(['date_trunc(']);
  expect(all('select read_')).toEqual([]);
});
