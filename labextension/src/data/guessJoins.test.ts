import { expect, test } from '@jest/globals';
import type { TableInfo } from '../../../kernel/src/contract.js';
import { guessJoins } from './guessJoins.js';
import { groupTables, localName } from './tableNames.js';

const table = (name: string, ...columns: [string, string][]): TableInfo => ({
  name,
  kind: 'table',
  rows: 1,
  columns: columns.map(([column, type]) => ({ name: column, type })),
});

test('a foreign key by its name and type', () => {
  const orders = table('orders', ['id', 'INTEGER'], ['customer_id', 'INTEGER'], ['city_id', 'VARCHAR']);
  const customers = table('customers', ['id', 'INTEGER'], ['name', 'VARCHAR']);
  const cities = table('cities', ['id', 'INTEGER']);
  expect(guessJoins([orders, customers, cities])).toEqual([
    { from: 'orders', fromColumn: 'customer_id', to: 'customers', toColumn: 'id' },
  ]);
});

test('tables by database, the worldline’s own first', () => {
  const groups = groupTables([table('shop.main.orders'), table('b'), table('a')]);
  expect(groups.map((group) => [group.database, group.tables.map((each) => localName(each.name))])).toEqual([
    ['', ['a', 'b']],
    ['shop.main', ['orders']],
  ]);
});
