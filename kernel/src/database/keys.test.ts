import { expect, test } from '@jest/globals';
import { runAsUser, withDatabase } from './testing.js';

test('declared keys: primary and foreign ones of any number of columns, by names as SQL takes them', () =>
  withDatabase(async ({ database }) => {
    await runAsUser(
      database,
      `create table "odd name" (id integer, day date, primary key (id, day));
       create schema s; create table s.c (id integer primary key, more integer unique);
       create table visits (of integer, "on" date, foreign key (of, "on") references "odd name" (id, day))`,
    );
    const keys = await database.keys();
    expect(keys).toHaveLength(3);
    expect(keys).toEqual(
      expect.arrayContaining([
        { table: '"odd name"', columns: ['id', 'day'], references: null },
        { table: 's.c', columns: ['id'], references: null },
        {
          table: 'visits',
          columns: ['of', 'on'],
          references: { table: '"odd name"', columns: ['id', 'day'] },
        },
      ]),
    );
  }));
