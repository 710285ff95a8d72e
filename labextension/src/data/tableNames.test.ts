import { expect, test } from '@jest/globals';
import { groupTables, localName } from './tableNames.js';

const table = (name: string) => ({ name, kind: 'table' as const, rows: null, columns: [] });

test('a name without its database and schema; a dot in quotes is part of a name', () => {
  expect(localName('orders')).toBe('orders');
  expect(localName('sales.main.orders')).toBe('orders');
  expect(localName('sales."a.b"')).toBe('"a.b"');
  expect(localName('"say ""a.b"""')).toBe('"say ""a.b"""');
});

test('tables stand by their database, the worldline’s own first', () => {
  const groups = groupTables(['shop.t10', 'shop.t9', '"a.b"', 'orders', '"x.y".orders'].map(table));
  expect(groups.map(({ database, tables }) => [database, tables.map(({ name }) => name)])).toEqual([
    ['', ['"a.b"', 'orders']],
    ['"x.y"', ['"x.y".orders']],
    ['shop', ['shop.t9', 'shop.t10']],
  ]);
});
