import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { KernelClient } from '../support/KernelClient.js';
import { errorOf, resultOf, rowsOf, shown, withKernel } from './withKernel.js';

const SETUP = [
  '%%sql create table t as select range as i from range(10)',
  '%%python\nx = [1, 2]\n_ = open("note.txt", "w").write("first")',
];

test('a worldline goes out as a notebook with its data, and comes back', () =>
  withKernel(async ({ kernel, folder }) => {
    for (const code of SETUP) await kernel.execute(code);
    expect((await kernel.execute('%export main out.ipynb --with-data')).status).toBe('ok');
    const notebook = JSON.parse(readFileSync(join(folder, 'out.ipynb'), 'utf8')) as {
      cells: { source: string | string[] }[];
    };
    expect(notebook.cells.map(({ source }) => [source].flat().join(''))).toEqual(SETUP);
    expect((await kernel.execute('%import out.ipynb as back')).status).toBe('ok');
    await kernel.execute('%switch back');
    expect(resultOf(await kernel.execute('%%sql select count(*) n from t'))).toContain('10');
    const written = '%%python\n_ = open("note.txt", "a").write(", more"); print(open("note.txt").read())';
    expect((await kernel.execute(written)).stdout).toBe('first, more\n');
  }));

test('an export comes back beside a folder with the name of one in it, with its tables in their schemas', () =>
  withKernel(async ({ kernel, folder }) => {
    const odd = '".."."a ""b"""';
    await kernel.execute(
      `%%sql\ncreate schema s; create table s.u as select 1 as i; create table "s.u" as select 2 as i; create schema ".."; create table ${odd} as select 3 as i`,
    );
    await kernel.execute(
      '%%python\nimport os\nos.mkdir("sub")\nfor name in ("note.txt", "sub/note.txt"):\n    _ = open(name, "w").write("kept")',
    );
    expect((await kernel.execute('%export main out.ipynb --with-data')).status).toBe('ok');
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'note.txt'), 'beside');
    expect(shown(await kernel.execute('%import out.ipynb as back'))).toContain('back');
    await kernel.execute('%switch back');
    for (const [at, table] of ['s.u', '"s.u"', odd].entries())
      expect(rowsOf(await kernel.execute(`%%sql from ${table}`))).toEqual([[String(at + 1)]]);
    const read = await kernel.execute(
      '%%python\nprint(open("note.txt").read(), open("sub/note.txt").read())',
    );
    expect(shown(read)).toBe('kept kept\n');
    expect(readFileSync(join(folder, 'note.txt'), 'utf8')).toBe('beside');
    expect(readdirSync(join(folder, 'sub'))).toEqual([]);
  }));

/** A database with something of every kind that one can hold. */
const DATABASE = [
  "create schema s; create type mood as enum ('sad', 'glad'); create sequence ids start 5; create macro plus_one(x) as x + 1",
  `create table parents (id integer primary key, name varchar not null default 'nobody', check (id > 0));
   comment on table parents is 'who they''re of'; comment on column parents.name is 'as "written"'`,
  `create table children (id integer default nextval('ids'), parent integer references parents (id), "Twice" integer generated always as (id * 2),
     mood mood, wide hugeint, span interval, key uuid, clock time with time zone, bits bit, either union (n integer, t varchar), three integer[3])`,
  'insert into parents values (1, default)',
  `insert into children (parent, mood, wide, span, key, clock, bits, either, three) values
     (1, 'glad', 170141183460469231731687303715884105727, interval '3 months 2 days 1 microsecond', '8f8b5f4e-0000-4000-8000-000000000000',
      '10:00:00.000001+02', '10101', 3, [1, 2, 3]),
     (null, null, 2, interval '1 day', null, null, null, '3'::varchar, null)`,
  'create unique index by_wide on children (wide)',
  // Each on one that comes after it by its name.
  'create view z as select plus_one(id) as next from parents; create view a as from z; create view s.v as from a',
  'create macro first(n) as table select * from parents limit n',
];

/** All that the database says of itself and of its rows. */
const LOOK = [
  'from children order by wide',
  'from s.v',
  'from first(3)',
  `select table_name, constraint_type, constraint_text from duckdb_constraints() order by all`,
  `select table_name, column_name, data_type, column_default, comment from duckdb_columns() where not internal order by all`,
  `select table_name, comment from duckdb_tables() union all select index_name, sql from duckdb_indexes() order by all`,
  'select union_tag(either), typeof(mood) from children order by wide',
];

async function look(kernel: KernelClient): Promise<unknown> {
  const seen = [];
  for (const sql of LOOK) seen.push(rowsOf(await kernel.execute(`%%sql ${sql}`)));
  return seen;
}

test('a database goes out and comes back with its keys, defaults, views, macros, sequences and comments, each value as it was', () =>
  withKernel(async ({ kernel }) => {
    for (const sql of DATABASE) expect(shown(await kernel.execute(`%%sql ${sql}`))).not.toContain('Error');
    const before = await look(kernel);
    expect(shown(await kernel.execute('%export main out.ipynb --with-data'))).not.toContain('Not in it');
    const imported = await kernel.execute('%import out.ipynb as back');
    expect([imported.status, imported.stderr]).toEqual(['ok', '']);
    await kernel.execute('%switch back');
    expect(await look(kernel)).toEqual(before);
    expect(rowsOf(await kernel.execute("%%sql select nextval('ids')"))).toEqual([['7']]);
    for (const sql of ['insert into parents (id) values (0)', 'insert into children (parent) values (2)'])
      expect(errorOf(await kernel.execute(`%%sql ${sql}`))).toContain('ConstraintError');
  }));

test('what of a database cannot go out or come back is named, with what to do; all else does', () =>
  withKernel(async ({ kernel, folder }) => {
    writeFileSync(join(folder, 'day.csv'), 'a\n1\n');
    await kernel.execute(
      '%%sql create table tree (id integer primary key, up integer references tree (id), n integer check (n > 0)); insert into tree values (1, null, 1)',
    );
    await kernel.execute("%%sql insert into tree values (2, 1, 1); create view day as from 'day.csv'");
    await kernel.execute('%%python\nkept = 1');
    const out = shown(await kernel.execute('%export main out.ipynb --with-data'));
    expect(out).toMatch(/Not in it: .*foreign key of tree to itself/);
    expect(out).toMatch(/Not in it: .*Python variables/);
    rmSync(join(folder, 'day.csv'));
    const imported = await kernel.execute('%import out.ipynb as back');
    expect(imported.stderr).toMatch(/^The view day could not be made: .*day\.csv/);
    await kernel.execute('%switch back');
    expect(rowsOf(await kernel.execute('%%sql from tree order by id'))).toEqual([
      ['1', null, '1'],
      ['2', '1', '1'],
    ]);
    expect(errorOf(await kernel.execute('%%sql insert into tree values (3, 1, 0)'))).toContain('CHECK');
  }));

test('an imported script makes what an export has, and neither reads nor writes anything else', () =>
  withKernel(async ({ kernel, folder, home }) => {
    await kernel.execute('%%sql create table t as select 1 as i');
    await kernel.execute('%export main out.ipynb --with-data');
    const secret = join(home, 'secret.csv');
    writeFileSync(secret, 'secret\n1\n');
    appendFileSync(
      join(folder, 'out_data', 'tables', 'schema.sql'),
      `create table stolen as from '${secret}'; create view seen as from read_text('${secret}'); copy t to 'out.csv'; insert into t values (2); attach 'x.duckdb'; create table ok (i integer);`,
    );
    const { stderr } = await kernel.execute('%import out.ipynb as theirs');
    expect(stderr).toContain('The view seen could not be made: ');
    for (const what of ['create table stolen', 'copy t', 'insert', 'attach'])
      expect(stderr).toMatch(new RegExp(`which was not run: ${what}`));
    await kernel.execute('%switch theirs');
    expect(rowsOf(await kernel.execute('%%sql show tables'))).toEqual([['ok'], ['t']]);
    expect(rowsOf(await kernel.execute('%%sql from t'))).toEqual([['1']]);
    expect(existsSync(join(folder, 'out.csv'))).toBe(false);
  }));
