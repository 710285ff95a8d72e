import { expect, test } from '@jest/globals';
import { errorOf, resultOf, rowsOf, withKernel } from './withKernel.js';

const VALUES = `%%python
import datetime, decimal, pathlib, uuid
import numpy as np, pandas as pd
n, big, share, yes, none, text = 3, 2**100, 0.1, True, None, "it's \\" ü; DROP TABLE t --"
money, raw = decimal.Decimal("1.50"), b"\\x00a"
day, instant = datetime.date(2024, 2, 29), datetime.datetime(2024, 1, 2, 3, 4, 5, 678900)
zoned = datetime.datetime(2024, 1, 2, 3, tzinfo=datetime.timezone.utc)
wait = datetime.timedelta(days=1, microseconds=5)
ids, names, some, nested = [1, 2, 39], ("a", None), np.array([0.5, 1.5]), {"a": 1, "b": ["x"]}
small, stamp, column = np.int16(7), pd.Timestamp("2024-05-06"), pd.Series(["p", "q"])
path, key = pathlib.Path("a/b.csv"), uuid.UUID(int=5)
frame = pd.DataFrame({"x": [1]})
Größe = 9`;

test('SQL takes values of Python by name, with their types', () =>
  withKernel(async ({ kernel }) => {
    expect(errorOf(await kernel.execute('%%sql select $n'))).toContain('There is no Python variable for $n.');
    expect((await kernel.execute(VALUES)).status).toBe('ok');
    const names =
      'n big share yes none text money raw day instant zoned wait ids names some nested small stamp column path key Größe';
    const select = names.split(' ').map((name) => `SELECT '${name}', typeof($${name}), $${name}::VARCHAR`);
    expect(rowsOf(await kernel.execute(`%%sql\n${select.join(' UNION ALL ')}`))).toEqual([
      ['n', 'BIGINT', '3'],
      ['big', 'DECIMAL(38,0)', String(2n ** 100n)],
      ['share', 'DOUBLE', '0.1'],
      ['yes', 'BOOLEAN', 'true'],
      ['none', expect.anything(), null],
      ['text', 'VARCHAR', `it's " ü; DROP TABLE t --`],
      ['money', expect.stringMatching(/^DECIMAL/), '1.50'],
      ['raw', 'BLOB', '\\x00a'],
      ['day', 'DATE', '2024-02-29'],
      ['instant', 'TIMESTAMP', '2024-01-02 03:04:05.6789'],
      ['zoned', 'TIMESTAMP WITH TIME ZONE', '2024-01-02 03:00:00+00'],
      ['wait', 'INTERVAL', '24:00:00.000005'],
      ['ids', 'BIGINT[]', '[1, 2, 39]'],
      ['names', 'VARCHAR[]', '[a, NULL]'],
      ['some', 'DOUBLE[]', '[0.5, 1.5]'],
      ['nested', 'STRUCT(a BIGINT, b VARCHAR[])', "{'a': 1, 'b': [x]}"],
      ['small', 'SMALLINT', '7'],
      ['stamp', expect.stringMatching(/^TIMESTAMP/), '2024-05-06 00:00:00'],
      ['column', 'VARCHAR[]', '[p, q]'],
      ['path', 'VARCHAR', 'a/b.csv'],
      ['key', 'VARCHAR', '00000000-0000-0000-0000-000000000005'],
      ['Größe', 'BIGINT', '9'],
    ]);
    expect(errorOf(await kernel.execute('%%sql select $frame'))).toMatch(
      /frame is of the type DataFrame.*FROM df/s,
    );
    expect(errorOf(await kernel.execute('%%sql select $n, $nope'))).toContain(
      'There is no Python variable for $nope.',
    );
  }));

test('values go wherever SQL takes them, as they are when it runs', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute('%%python\nn, least, ids = 5, 2, [1, 4]');
    const made = await kernel.execute(
      '%%sql\nCREATE TABLE t AS SELECT range AS x, $least AS y FROM range($n);\nINSERT INTO t VALUES ($n, $n)',
    );
    expect(made.stdout).toContain('Table t made, 5 rows');
    const query = 'SELECT x FROM t WHERE x > $least ORDER BY x LIMIT $least';
    expect(rowsOf(await kernel.execute(`%%sql\n${query}`))).toEqual([['3'], ['4']]);
    expect(rowsOf(await kernel.execute(`%sql SELECT x FROM t WHERE x IN (SELECT unnest($ids))`))).toEqual([
      ['1'],
      ['4'],
    ]);
    await kernel.execute('%%python\nleast = 4');
    expect(rowsOf(await kernel.execute(`%%sql\n${query}`))).toEqual([['5']]);
    await kernel.execute(`%%sql big << SELECT $least::HUGEINT AS h, $ids AS ids, x FROM t ORDER BY x`);
    expect(resultOf(await kernel.execute('%%python\nint(big.h[0]), list(big.ids[5]), list(big.x)'))).toBe(
      '(4, [1, 4], [0, 1, 2, 3, 4, 5])',
    );
    const code = '%%python\ndef f(low):\n  return list(sql("SELECT x FROM t WHERE x >= $low").x)\nf(least)';
    expect(resultOf(await kernel.execute(code))).toBe('[4, 5]');
    expect(errorOf(await kernel.execute('%%python\nsql("SELECT $nope")'))).toContain(
      'There is no Python variable for $nope.',
    );
    expect(rowsOf(await kernel.execute(`%%sql\nSELECT $$a$$ || '$n' || $q$ $n $q$`))).toEqual([['a$n $n ']]);
    expect(errorOf(await kernel.execute('%%sql\nSELECT ?'))).toContain('stands for the Python variable x');
    expect(errorOf(await kernel.execute('%%sql\nCREATE VIEW v AS SELECT $n'))).toContain(
      'A view or a macro keeps no $name',
    );
    expect(errorOf(await kernel.execute('%%sql\nSELECT $n + $ids'))).toMatch(
      /candidate functions:\n(?:\t.*\n){8}\t… and \d+ others/i,
    );
    const typed = '%%sql\nSELECT x FROM t WHERE x > $l';
    expect(await kernel.complete(typed)).toMatchObject({
      matches: ['least'],
      cursor_start: typed.length - 1,
    });
    const kept = '%%sql\nPREPARE p AS SELECT $x + 1 AS z;\nEXECUTE p(x := 41)';
    expect(rowsOf(await kernel.execute(kept))).toEqual([['42']]);
    const wrong = await kernel.execute('%%sql\nSELECT x, nope FROM t WHERE x > $least');
    expect(errorOf(wrong)).toContain('nope');
  }));
