import { expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rowsOf, withDatabase } from './testing.js';

const dated = (...days: string[]): string => ['d,n', ...days.map((day, n) => `${day},${n}`)].join('\n');

test('dates whose day and month could change places are told, with how to read them the other way', () =>
  withDatabase(
    async ({ database, data }) => {
      const file = join(data, 'either.csv');
      expect(await database.load(file)).toMatchObject({
        columns: [{ type: 'DATE' }, {}],
        note: 'd was read as day/month/year. Every value could also be meant as month/day/year (--dates mdy).',
      });
      expect(await rowsOf(database, 'select d from either')).toEqual([['2024-04-03'], ['2024-06-05']]);
      const other = await database.load(file, { mode: 'replace', dates: 'mdy' });
      expect(other).toMatchObject({ columns: [{ type: 'DATE' }, {}] });
      expect(other.note).toBeUndefined();
      expect(await rowsOf(database, 'select d from either')).toEqual([['2024-03-04'], ['2024-05-06']]);
      expect((await database.load(file, { mode: 'append', dates: 'dmy' })).note).toBeUndefined();
      expect(await rowsOf(database, 'select max(d) from either')).toEqual([['2024-06-05']]);
    },
    {},
    { 'data/either.csv': dated('03/04/2024', '05/06/2024') },
  ));

test('one value tells the order of a column, wherever it stands, and one column that of the others', () =>
  withDatabase(
    async ({ database, data }) => {
      for (const [name, first] of [
        ['day', '2024-04-03'],
        ['month', '2024-03-04'],
        ['late', '2024-03-04'],
        ['same', '2024-05-05'],
        ['columns', '2024-03-04'],
      ] as const) {
        const loaded = await database.load(join(data, `${name}.csv`));
        expect(loaded).toMatchObject({ rejected: 0 });
        expect(loaded.note).toBeUndefined();
        expect(await rowsOf(database, `select d::varchar from ${name} limit 1`)).toEqual([[first]]);
      }
      expect(await rowsOf(database, 'select n from columns')).toEqual([['2024-04-15'], ['2024-04-16']]);
    },
    {},
    {
      'data/day.csv': dated('03/04/2024', '15/06/2024'),
      'data/month.csv': dated('03/04/2024', '05/16/2024'),
      // Beyond what DuckDB looks at before it settles.
      'data/late.csv': dated(
        '03/04/2024',
        ...Array.from({ length: 30_000 }, () => '05/06/2024'),
        '05/16/2024',
      ),
      'data/same.csv': dated('05/05/2024', '06/06/2024'),
      'data/columns.csv': 'd,n\n03/04/2024,04/15/2024\n05/06/2024,04/16/2024\n',
    },
  ));

test('times without seconds, halves of the day and short years are dates', () =>
  withDatabase(
    async ({ database, data }) => {
      const { columns } = await database.load(join(data, 'times.csv'));
      expect(columns.map(({ type }) => type)).toEqual(['TIMESTAMP', 'TIMESTAMP']);
      expect(await rowsOf(database, 'from times limit 1')).toEqual([
        ['2024-04-15 09:05:00', '2024-04-16 21:05:00'],
      ]);
      const { note } = await database.load(join(data, 'short.csv'));
      expect(await rowsOf(database, 'select d from short limit 1')).toEqual([['2005-04-03']]);
      expect(note).toBe(
        'd was read as year/month/day. Every value could also be meant as day/month/year (--dates dmy) or as month/day/year (--dates mdy).',
      );
    },
    {},
    {
      'data/times.csv':
        'minutes,half\n04/15/2024 9:05,4/16/2024 9:05 PM\n04/16/2024 10:15,4/17/2024 10:15 AM\n',
      'data/short.csv': dated('05-04-03', '05-04-04'),
    },
  ));

test('a short year comes last between points and slashes, as whoever writes so means it', () =>
  withDatabase(
    async ({ database, data }) => {
      const { note } = await database.load(join(data, 'umsatz.csv'));
      expect(await rowsOf(database, 'from umsatz')).toEqual([
        ['2024-03-27', '2024-03-05 10:00:00'],
        ['2024-03-05', '2024-03-06 11:00:00'],
      ]);
      expect(note).toContain(
        'd was read as day/month/year. Every value could also be meant as year/month/day',
      );
      await database.load(join(data, 'umsatz.csv'), { mode: 'replace', dates: 'ymd' });
      expect(await rowsOf(database, 'select min(d) from umsatz')).toEqual([['2005-03-24']]);
    },
    {},
    { 'data/umsatz.csv': 'd;t\n27.03.24;05.03.24 10:00:00\n05.03.24;06.03.24 11:00:00\n' },
  ));

test('an order that fits nothing is an error that leaves the table as it was', () =>
  withDatabase(
    async ({ database, data }) => {
      await expect(database.load(join(data, 'day.csv'), { dates: 'mdy' })).rejects.toThrow(
        /--dates mdy fits no column/,
      );
      await expect(database.load(join(data, 'points.csv'), { decimal: 'comma' })).rejects.toThrow(
        /--decimal comma fits no column/,
      );
      await expect(database.load(join(data, 'a.json'), { decimal: 'comma' })).rejects.toThrow(
        /--decimal is for CSV files/,
      );
      expect(await database.tables()).toEqual([]);
      // Where nothing is against it, it makes no difference.
      const whole = await database.load(join(data, 'whole.csv'), { decimal: 'comma', dates: 'mdy' });
      expect(whole).toMatchObject({ rows: 1, columns: [{ type: 'BIGINT' }, { type: 'BIGINT' }] });
    },
    {},
    {
      'data/day.csv': dated('03/04/2024', '15/06/2024'),
      'data/points.csv': 'n,m\n1.5,1\n',
      'data/whole.csv': 'n,m\n1,1\n',
      'data/a.json': '[{"a": 1}]',
    },
  ));

test('numbers with decimal commas are numbers where the whole column fits', () =>
  withDatabase(
    async ({ database, data }) => {
      const file = join(data, 'umsatz.csv');
      const loaded = await database.load(file);
      expect(loaded.columns).toMatchObject([
        { name: 'betrag', type: 'DOUBLE' },
        { name: 'menge', type: 'BIGINT' },
        { name: 'tausender', type: 'BIGINT' },
        { name: 'groß', type: 'HUGEINT' },
        { name: 'plz', type: 'VARCHAR' },
        { name: 'ip', type: 'VARCHAR' },
      ]);
      expect(loaded.note).toBe(
        'betrag was read with decimal commas.\ntausender was read with decimal commas.\ngroß was read with decimal commas.',
      );
      const rows = [
        ['1234.56', '1', '1234', '1234567890123456789012', '01234', '10.0.0.1'],
        ['-12.5', '2', '12500', '7', '99999', '10.0.0.2'],
      ];
      expect(await rowsOf(database, 'from umsatz')).toEqual(rows);
      await database.load(file, { mode: 'append' });
      expect(await rowsOf(database, 'from umsatz')).toEqual([...rows, ...rows]);
    },
    {},
    {
      'data/umsatz.csv':
        'betrag;menge;tausender;groß;plz;ip\n1.234,56;1;1.234;1.234.567.890.123.456.789.012;01234;10.0.0.1\n-12,5;2;12.500;7;99999;10.0.0.2\n',
    },
  ));

test('thousands that are set apart are told where they could be decimals', () =>
  withDatabase(
    async ({ database, data }) => {
      const plain = await database.load(join(data, 'us.csv'));
      expect(plain.columns.map(({ type }) => type)).toEqual(['DOUBLE', 'BIGINT']);
      expect(plain.note).toBeUndefined();
      expect(await rowsOf(database, 'from us')).toEqual([
        ['1234.56', '12500'],
        ['12500.0', '1234567'],
      ]);
      const point = await database.load(join(data, 'either.csv'));
      expect(point.note).toBe(
        'n was read with decimal points. Every value could also be meant with decimal commas (--decimal comma).',
      );
      expect(await rowsOf(database, 'select n from either')).toEqual([['1.234'], ['12.5']]);
      await database.load(join(data, 'either.csv'), { mode: 'replace', decimal: 'comma' });
      expect(await rowsOf(database, 'select n from either')).toEqual([['1234'], ['12500']]);
    },
    {},
    {
      'data/us.csv': 'n,m\n"1,234.56","12,500"\n"12,500","1,234,567"\n',
      'data/either.csv': 'n;v\n1.234;1\n12.500;2\n',
    },
  ));

test('a column that is not numbers throughout stays text, and what is none is named', () =>
  withDatabase(
    async ({ database, data }) => {
      const file = join(data, 'gaps.csv');
      const loaded = await database.load(file);
      expect(loaded).toMatchObject({ rows: 31, columns: [{ type: 'VARCHAR' }, { type: 'VARCHAR' }, {}] });
      expect(loaded.note).toBe(
        'n stays text for "k. A.", no number: --missing "k. A." takes it for a missing value.\n' +
          'm stays text for "-", "NA", no numbers: --missing "-,NA" takes them for missing values.',
      );
      const missing = ['k. A.', '-', 'NA'];
      expect(await database.load(file, { mode: 'replace', missing })).toMatchObject({
        columns: [{ type: 'DOUBLE' }, { type: 'BIGINT' }, { type: 'VARCHAR' }],
      });
      expect(await rowsOf(database, 'select sum(n), count(n), count(m), count(*) from gaps')).toEqual([
        ['450.0', '30', '29', '31'],
      ]);
    },
    {},
    {
      'data/gaps.csv': `n;m;phone\n${Array.from({ length: 30 }, (_, n) => `${n},5;${n === 3 ? 'NA' : n};555 123 456`).join('\n')}\nk. A.;-;555 123 457\n`,
    },
  ));

test('amounts as accounts have them are no missing values: signs beside some, what is negative in parentheses', () =>
  withDatabase(
    async ({ database, data }) => {
      const { note = '' } = await database.load(join(data, 'ledger.csv'));
      expect(note).not.toContain('--missing');
      const sums = [...note.matchAll(/: (.*) reads them\.$/gm)].map(([, sql = '']) => `sum(${sql})`);
      expect(await rowsOf(database, `select ${sums.join(', ')} from ledger`)).toEqual([
        ['-1035.0', '2200.5'],
      ]);
      // An inch is no number, and no word for nothing either.
      expect((await database.load(join(data, 'inches.csv'))).note).toBeUndefined();
      expect((await database.load(join(data, 'errors.csv'))).note).toContain('--missing "#DIV/0!"');
    },
    {},
    {
      'data/ledger.csv': 'credit,balance\n(35.00),"$1,200.00"\n"($1,000.00)",1000.50\n',
      'data/inches.csv': 'size,n\n5" long,1\n6,2\n',
      'data/errors.csv': 'n,size\n1,#DIV/0!\n2,6\n',
    },
  ));

test('numbers with the sign of a currency or of percent stay text, with SQL that reads them', () =>
  withDatabase(
    async ({ database, data }) => {
      const { note = '' } = await database.load(join(data, 'signs.csv'));
      expect(note.match(/^.* stays text/gm)).toEqual([
        'share stays text',
        'price stays text',
        'Preis in EUR stays text',
      ]);
      const [share, price, euro] = [...note.matchAll(/: (.*) reads them\.$/gm)].map(([, sql]) => sql ?? '');
      expect(await rowsOf(database, `select ${share}, ${price}, ${euro} from signs`)).toEqual([
        ['45.0', '1234.5', '1234.5'],
        ['3.5', '-99.0', '-99.0'],
      ]);
    },
    {},
    {
      'data/signs.csv': 'share,price,Preis in EUR\n45%,"$1,234.50","1.234,50 €"\n3.5%,-$99.00,"-99,00 €"\n',
    },
  ));

test('what keeps a column of dates text is told', () =>
  withDatabase(async ({ database, data }) => {
    const days = (bad: string, of: (n: number) => string): string =>
      ['d,n', ...Array.from({ length: 300 }, (_, n) => `${n === 250 ? bad : of(n)},${n}`)].join('\n');
    const iso = (n: number): string => `2024-01-${String((n % 28) + 1).padStart(2, '0')}`;
    for (const [name, text, note] of [
      [
        'word',
        days('soon', iso),
        'd stays text for "soon", no date: --missing "soon" takes it for a missing value.',
      ],
      [
        'no_day',
        days('2024-02-31', iso),
        'd stays text: 1 of its 300 values is no date, such as "2024-02-31".',
      ],
      [
        'times',
        days('later', (n) => `${iso(n)} 10:00:00`),
        'd stays text for "later", no date: --missing "later" takes it for a missing value.',
      ],
      [
        'digits',
        days('never', (n) => `${(n % 28) + 1}/12/2024`),
        'd stays text for "never", no date: --missing "never" takes it for a missing value.',
      ],
      [
        'short',
        'd,n\n03.01.2026,1\n29.02.2026,2\n15.03.2026,3\n',
        'd stays text: 1 of its 3 values is no date, such as "29.02.2026".',
      ],
    ] as const) {
      const file = join(data, `${name}.csv`);
      await writeFile(file, text);
      expect(await database.load(file)).toMatchObject({ columns: [{ type: 'VARCHAR' }, {}], note });
    }
    const read = await database.load(join(data, 'word.csv'), { mode: 'replace', missing: ['soon'] });
    expect(read).toMatchObject({ rows: 300, columns: [{ type: 'DATE' }, {}] });
    expect(read.note).toBeUndefined();
    await database.load(join(data, 'word.csv'), { mode: 'replace', dates: 'dmy' });
  }, {}));
