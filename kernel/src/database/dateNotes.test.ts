import { expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rowsOf, withDatabase } from './testing.js';

const dated = (...days: string[]): string => ['d,n', ...days.map((day, n) => `${day},${n}`)].join('\n');

test('a query is told where day and month of a file that it reads could change places', () =>
  withDatabase(
    async ({ database, data }) => {
      await writeFile(join(data, 'latin.csv'), Buffer.from('Größe, a\n\nd;n\n03/04/2024;é\n', 'latin1'));
      const noteOn = async (sql: string): Promise<string | undefined> => {
        const [result] = await database.query(sql, { author: 'user' });
        return result?.kind === 'plan' ? undefined : result?.note;
      };
      const [csv, json, times] = ['either.csv', 'either.json', 'times.csv'].map((name) => join(data, name));
      const note = await noteOn(`select n from '${csv}'`);
      expect(note).toBe(
        'd of either.csv was read as day/month/year. Its first values could also be meant as month/day/year: ' +
          `read_csv('${csv}', dateformat = '%m/%d/%Y') reads them so.`,
      );
      for (const [file, months] of [
        [csv, ['2024-03-04', '2024-05-06']],
        [json, ['2024-03-04', '2024-05-06']],
        [times, ['2024-03-04', '2024-05-06']],
      ] as const) {
        const other = /(read_.*) reads them so\.$/.exec(
          (await noteOn(`create or replace table t as from '${file}'`)) ?? '',
        );
        expect(await rowsOf(database, `select d::date from ${other?.[1] ?? ''}`)).toEqual(
          months.map((day) => [day]),
        );
        // It is said how dates are read: there is nothing left to tell.
        expect(await noteOn(`from ${other?.[1] ?? ''}`)).toBeUndefined();
      }
      for (const name of ['clear.csv', 'same.csv', 'iso.csv', 'iso.json'])
        expect(await noteOn(`from '${join(data, name)}'`)).toBeUndefined();
      expect(await noteOn(`select '${csv}'`)).toBeUndefined();
      // It is looked at as the statement reads it.
      const latin = `read_csv('${join(data, 'latin.csv')}', encoding = 'latin-1', skip = (1 + 1), delim = ';')`;
      const told = /month\/day\/year: (read_csv.*) reads them so\.$/.exec(
        (await noteOn(`from ${latin}`)) ?? '',
      );
      expect(await rowsOf(database, `select d from ${told?.[1] ?? ''}`)).toEqual([['2024-03-04']]);
      expect(await noteOn(`from read_json_objects('${json}')`)).toBeUndefined();
      // What cannot be looked at is no error, and ends no transaction.
      await database.query(`begin; from ${latin}; create table kept as select 1; commit`, { author: 'user' });
      expect(await rowsOf(database, 'select count(*) from kept')).toEqual([['1']]);
    },
    {},
    {
      'data/either.csv': dated('03/04/2024', '05/06/2024'),
      'data/either.json': '[{"d": "03-04-2024"}, {"d": "05-06-2024"}]',
      'data/times.csv': dated('03/04/2024 10:00:00', '05/06/2024 10:00:00'),
      'data/clear.csv': 'd,e\n03/04/2024,13/04/2024\n05/06/2024,14/04/2024\n',
      'data/same.csv': dated('05/05/2024', '06/06/2024'),
      'data/iso.csv': dated('2024-03-04', '2024-05-06'),
      'data/iso.json': '[{"d": "2024-03-04"}]',
    },
  ));

test('so is who takes the rows to Python, and who loads a JSON file', () =>
  withDatabase(
    async ({ database, data, workspace }) => {
      const [csv, json, clear] = ['either.csv', 'either.json', 'clear.json'].map((name) => join(data, name));
      const { note } = await database.toParquet(`from '${csv}'`, join(workspace, 'rows.parquet'), {
        author: 'user',
      });
      expect(note).toMatch(
        /^d of either.csv was read as day\/month\/year. Its first values could also be meant/,
      );
      const model = await database.toParquet(`from '${csv}'`, join(workspace, 'rows.parquet'), {
        author: 'model',
      });
      expect(model.note).toBeUndefined();
      const loaded = await database.load(json ?? '');
      expect(loaded.note).toBe(
        'd of either.json was read as day/month/year. Its first values could also be meant as month/day/year: ' +
          '--dates mdy reads them so.',
      );
      expect((await database.load(clear ?? '')).note).toBeUndefined();
    },
    {},
    {
      'data/either.csv': dated('03/04/2024', '05/06/2024'),
      'data/either.json': '[{"d": "03-04-2024"}]',
      'data/clear.json': '[{"d": "2024-03-04"}]',
    },
  ));

test('a look at the dates of a file that an interrupt ends is made again', () =>
  withDatabase(
    async ({ database, data }) => {
      const sql = `select 1 from '${join(data, 'wide.csv')}'`;
      // Later each time, until it comes after the end.
      for (let wait = 0, ended = false; !ended; wait += 4 + wait / 8) {
        const signal = AbortSignal.timeout(Math.round(wait));
        await database.query(sql, { author: 'user', signal }).catch(() => undefined);
        ended = !signal.aborted;
      }
      const [result] = await database.query(sql, { author: 'user' });
      expect(result).toMatchObject({
        note: expect.stringContaining('c9 of wide.csv was read as day/month/year'),
      });
    },
    {},
    {
      'data/wide.csv': [
        Array.from({ length: 10 }, (_, n) => `c${n}`).join(),
        ...Array.from({ length: 300 }, () => '03/04/2024,'.repeat(10).slice(0, -1)),
      ].join('\n'),
    },
  ));
