import { expect, test } from '@jest/globals';
import { DuckDBTypeId } from '@duckdb/node-api';
import fc from 'fast-check';
import { dataOf, withKernel } from './withKernel.js';

const whole = (min: bigint, max: bigint): fc.Arbitrary<string> => fc.bigInt({ min, max }).map(String);
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const text = fc.string({ unit: 'binary', maxLength: 12 }).map((value) => quoted(value.replaceAll('\0', '')));
const instant = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
  .chain((date) =>
    fc.nat(999).map((micros) => date.toISOString().replace('Z', String(micros).padStart(3, '0'))),
  );
const decimal = fc
  .tuple(whole(1n - 10n ** 30n, 10n ** 30n - 1n), fc.nat(99_999_999))
  .map(([before, after]) => `${before}.${String(after).padStart(8, '0')}`);
const item = fc.option(whole(-100n, 100n), { nil: 'NULL' });

/** Each type with literals of it; all of them travel by Parquet as they are. */
const TYPES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  TINYINT: whole(-128n, 127n),
  SMALLINT: whole(-(2n ** 15n), 2n ** 15n - 1n),
  INTEGER: whole(-(2n ** 31n), 2n ** 31n - 1n),
  UTINYINT: whole(0n, 255n),
  USMALLINT: whole(0n, 2n ** 16n - 1n),
  UINTEGER: whole(0n, 2n ** 32n - 1n),
  BIGINT: whole(-(2n ** 63n) + 1n, 2n ** 63n - 1n),
  UBIGINT: whole(0n, 2n ** 64n - 1n),
  'DECIMAL(38,8)': decimal,
  'DECIMAL(4,1)': whole(-9999n, 9999n).map((value) => `${value}::DECIMAL(5,0) / 10`),
  DOUBLE: fc.double({ noNaN: true }).map((value) => quoted(String(value).replace('Infinity', 'inf'))),
  FLOAT: fc.float({ noNaN: true }).map((value) => quoted(String(value).replace('Infinity', 'inf'))),
  BOOLEAN: fc.constantFrom('true', 'false'),
  VARCHAR: text,
  DATE: instant.map((value) => quoted(value.slice(0, 10))),
  TIME: instant.map((value) => quoted(value.slice(11))),
  TIMESTAMP: instant.map(quoted),
  TIMESTAMP_NS: instant.map((value) => quoted(`${value}789`)),
  'TIMESTAMP WITH TIME ZONE': instant.map((value) => quoted(`${value}+02`)),
  BLOB: fc.uint8Array({ maxLength: 6 }).map((bytes) => `from_hex('${Buffer.from(bytes).toString('hex')}')`),
  'INTEGER[]': fc.array(item, { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
  'STRUCT(a INTEGER, b VARCHAR[])': fc
    .tuple(item, fc.array(text, { maxLength: 2 }))
    .map(([a, b]) => `{'a': ${a}, 'b': [${b.join(', ')}]}`),
  'MAP(VARCHAR, DECIMAL(9,2))': fc
    .dictionary(fc.stringMatching(/^[a-z]{1,3}$/), whole(-99n, 99n), { maxKeys: 2 })
    .map((map) => {
      const entries = Object.entries(map).map(([key, value]) => `'${key}': ${value}.25`);
      return `MAP {${entries.join(', ')}}`;
    }),
};
/** Those that Parquet lacks, or Python's readers of it: their values come back as they are written, in another type. */
const OTHERS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  HUGEINT: whole(-(2n ** 127n), 2n ** 127n - 1n).map(quoted),
  UHUGEINT: whole(0n, 2n ** 128n - 1n).map(quoted),
  BIGNUM: whole(-(10n ** 60n), 10n ** 60n).map(quoted),
  UUID: fc.uuid().map(quoted),
  'TIME WITH TIME ZONE': instant.map((value) => quoted(`${value.slice(11)}+05:30`)),
  TIME_NS: instant.map((value) => quoted(`${value.slice(11)}789`)),
  TIMESTAMP_S: instant.map((value) => quoted(value.slice(0, 19))),
  TIMESTAMP_MS: instant.map((value) => quoted(value.slice(0, 23))),
  INTERVAL: whole(-(10n ** 15n), 10n ** 15n).map((value) => `to_microseconds(${value})`),
  BIT: fc.stringMatching(/^[01]{1,40}$/).map(quoted),
  "ENUM('a', 'it''s b')": fc.constantFrom(`'a'`, `'it''s b'`),
  'UNION(k INTEGER, s VARCHAR)': fc.oneof(
    item.map((value) => `union_value(k := ${value}::INTEGER)`),
    text.map((value) => `union_value(s := ${value})`),
  ),
  'INTEGER[2]': fc.tuple(item, item).map((items) => `[${items.join(', ')}]`),
  'STRUCT(h HUGEINT, u UUID[])': fc
    .tuple(whole(-(2n ** 127n), 2n ** 127n - 1n), fc.uuid())
    .map(([h, u]) => `{'h': '${h}'::HUGEINT, 'u': ['${u}'::UUID]}`),
  VARIANT: fc.oneof(item, fc.constantFrom(`'x'`, 'true')).map((value) => `${value}::VARIANT`),
};
const names = Object.keys(TYPES);
const row = fc.tuple(...names.map((name) => fc.option(TYPES[name] ?? text, { nil: 'NULL' })));

test('every value goes from SQL to Python and back with its type, NULLs too, by name and by sql()', () =>
  withKernel(async ({ kernel }) => {
    const columns = names.map((name, index) => `c${index} ${name}`).join(', ');
    const answer = async (sql: string): Promise<string> => {
      const { result, reply } = await kernel.execute(`%%sql ${sql}`);
      expect(reply.content['traceback']).toBeUndefined();
      return dataOf(result ?? undefined, 'text/plain').replace(/\n\(.*\)$/, '\n');
    };
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), async (rows) => {
        await answer(`create or replace table t (${columns})`);
        const values = rows.map((each) => `(${each.join(', ')})`).join(',\n');
        await answer(`insert into t values ${values}`);
        const given = await kernel.execute('%%sql one <<\nfrom t');
        expect(given.reply.content['traceback']).toBeUndefined();
        const taken = await kernel.execute(
          '%%python\nimport pyarrow\ntwo = sql("from one")\nthree = pyarrow.Table.from_pandas(two)',
        );
        expect(taken.reply.content['traceback']).toBeUndefined();
        for (const frame of ['one', 'two', 'three']) {
          const types = await answer(`select distinct column_type from (describe ${frame}) order by all`);
          expect(types).toBe(await answer('select distinct column_type from (describe t) order by all'));
          const different = `(from t except all from ${frame}) union all (from ${frame} except all from t)`;
          expect(await answer(`select count(*) as different from (${different})`)).toMatch(/\n\s*0\n/);
        }
      }),
      // The first counterexample tells enough; smaller ones take a minute or more to find.
      { numRuns: 12, endOnFailure: true },
    );
  }));

test('every value of the other types goes from SQL to Python and back as it is written', () =>
  withKernel(async ({ kernel }) => {
    const types = Object.keys(OTHERS);
    const run = async (sql: string): Promise<string> => {
      const { result, reply } = await kernel.execute(`%%sql ${sql}`);
      expect(reply.content['traceback']).toBeUndefined();
      return dataOf(result ?? undefined, 'text/plain');
    };
    const any = fc.tuple(...types.map((name) => fc.option(OTHERS[name] ?? text, { nil: 'NULL' })));
    const written = types.map((_, index) => `c${index}::VARCHAR AS c${index}`).join(', ');
    await fc.assert(
      fc.asyncProperty(fc.array(any, { minLength: 1, maxLength: 6 }), async (rows) => {
        await run(
          `create or replace temp table t (${types.map((name, index) => `c${index} ${name}`).join(', ')})`,
        );
        await run(`insert into t values ${rows.map((each) => `(${each.join(', ')})`).join(',\n')}`);
        await run('one <<\nfrom t');
        const taken = await kernel.execute('%%python\ntwo = sql("from t")');
        expect(taken.reply.content['traceback']).toBeUndefined();
        for (const frame of ['one', 'two']) {
          const [before, after] = ['t', frame].map((from) => `(select ${written} from ${from})`);
          const different = `(from ${before} except all from ${after}) union all (from ${after} except all from ${before})`;
          expect(await run(`select count(*) as different from (${different})`)).toMatch(/\n\s*0\n/);
        }
      }),
      { numRuns: 8, endOnFailure: true },
    );
  }));

test('every type of DuckDB is in one of the two lists', () => {
  const tried = [...names, ...Object.keys(OTHERS)].join(' ');
  const spelled: Readonly<Record<string, string>> = {
    TIMESTAMP_TZ: 'TIMESTAMP WITH TIME ZONE',
    TIME_TZ: 'TIME WITH TIME ZONE',
    LIST: 'INTEGER[]',
    ARRAY: 'INTEGER[2]',
  };
  const untried = Object.keys(DuckDBTypeId)
    .filter((name) => Number.isNaN(Number(name)))
    .filter((name) => !` ${tried} `.replaceAll('(', ' (').includes(` ${spelled[name] ?? name} `));
  // GEOMETRY is of an extension; the others are of expressions, and of no column.
  const none = ['ANY', 'GEOMETRY', 'INTEGER_LITERAL', 'INVALID', 'SQLNULL', 'STRING_LITERAL'];
  expect(untried.sort()).toEqual(none);
});

test('a frame that SQL gave can be changed in place, whatever its columns', () =>
  withKernel(async ({ kernel }) => {
    const taken = await kernel.execute(
      `%%sql given <<
select 1 i, 2::double f, true b, 'x' s, date '2024-01-02' d, timestamp '2024-01-02 03:04:05' t,
  timestamptz '2024-01-02 03:04:05+00' z, 1.5::decimal(4, 1) n union all select null, 3, null, 'y', null, null, null, null`,
    );
    expect(taken.reply.content['traceback']).toBeUndefined();
    const changed = await kernel.execute(`%%python
for frame in (given, sql("from given"), sql("select * from given where i is not null")):
    for name in frame.columns:
        frame.loc[0, name] = frame.loc[0, name]
    frame.loc[0, "f"] = 99
    print(frame.loc[0, "f"])`);
    expect(changed.reply.content['traceback']).toBeUndefined();
    expect(changed.stdout).toBe('99.0\n99.0\n99.0\n');
  }));

test('durations of Python are intervals in SQL; those inside of other values are refused by name', () =>
  withKernel(async ({ kernel }) => {
    const made = await kernel.execute(`%%python
import pandas as pd, pyarrow as pa
spans = pd.DataFrame({"name": ["a", "b"], "span": pd.to_timedelta(["1 day 02:00:00.000003", None])})
nested = pa.table({"spans": pa.array([[1]], pa.list_(pa.duration("us")))})`);
    expect(made.reply.content['traceback']).toBeUndefined();
    const shown = await kernel.execute(
      '%%sql select typeof(span) as type, span + interval 1 hour as later from spans',
    );
    expect(dataOf(shown.result ?? undefined, 'text/plain')).toContain('INTERVAL');
    expect(dataOf(shown.result ?? undefined, 'text/plain')).toContain('27:00:00.000003');
    const back = await kernel.execute(`%%python
back = sql("select name, span + interval 1 hour as span from spans")
print(back.dtypes["span"], back["span"].tolist())
print(sql("select interval 1 month as i")["i"].tolist())`);
    expect(back.stdout).toBe("timedelta64[us] [Timedelta('1 days 03:00:00.000003'), NaT]\n['1 month']\n");
    const refused = await kernel.execute('%%sql from nested');
    expect(refused.reply.content['evalue']).toContain('the column spans has durations');
  }));
