import { expect, test } from '@jest/globals';
import { runAsUser, withDatabase } from './testing.js';

test('the catalog for completion', () =>
  withDatabase(async ({ database }) => {
    await runAsUser(database, 'create schema s; create table s."T x" (a int, "b c" varchar)');
    const catalog = await database.catalog();
    expect(catalog.schemas).toEqual(['main', 's']);
    expect(catalog.attached).toEqual([]);
    expect(catalog.tables).toEqual([
      {
        name: 's."T x"',
        kind: 'table',
        columns: [
          { name: 'a', type: 'INTEGER' },
          { name: 'b c', type: 'VARCHAR' },
        ],
      },
    ]);
    expect(catalog.functions).toEqual(expect.arrayContaining(['sum', 'date_trunc']));
    expect(catalog.tableFunctions).toEqual(expect.arrayContaining(['read_csv', 'glob']));
    expect(catalog.functions).not.toContain('database_list');
    expect(catalog.tableFunctions).not.toContain('arrow_scan');
  }));
