import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { errorOf, resultOf, rowsOf, shown, withKernel, type Notebook } from './withKernel.js';

/** Puts polars itself beside the notebook, from where the sandbox imports it. */
async function importPolars({ kernel, folder }: Notebook): Promise<void> {
  const [python = ''] = readdirSync('.venv/lib');
  for (const name of ['polars', '_polars_runtime_32']) {
    cpSync(join('.venv/lib', python, 'site-packages', name), join(folder, name), { recursive: true });
  }
  const imported = await kernel.execute(
    `%%python\nimport sys\nsys.path.append(${JSON.stringify(folder)})\nimport polars as pl`,
  );
  expect(imported.reply.content['traceback']).toBeUndefined();
}

test('SQL sees frames of polars by name with their types, as they are when it asks, and gives them back', () =>
  withKernel(async (notebook) => {
    await importPolars(notebook);
    const { kernel } = notebook;
    const made = await kernel.execute(`%%python
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
frame = pl.DataFrame({
    "i": [1, None, 3], "s": ["a", None, ""], "d": [Decimal("1.50"), None, Decimal("-2.25")],
    "day": [date(2024, 2, 29), None, None], "b": [b"\\x00", None, b""], "yes": [True, None, False],
    "t": [datetime(2024, 1, 2, 3, 4, 5, 678900), None, None],
    "tz": pl.Series([datetime(2024, 1, 2, 3, 4, 5), None, None], dtype=pl.Datetime("us", "Europe/Berlin")),
    "l": [["x", None], None, []], "st": [{"a": 1, "b": "z"}, None, {"a": 2, "b": None}],
    "cat": pl.Series(["x", "y", None], dtype=pl.Categorical), "en": pl.Series(["x", "y", None], dtype=pl.Enum(["x", "y"])),
    "cats": pl.Series([["x"], None, ["y", None]], dtype=pl.List(pl.Categorical)),
})
series = pl.Series("v", [1, 2, 39])
lazy = frame.lazy()
wide = pl.DataFrame({"x": pl.Series([2**100], dtype=pl.Int128)})`);
    expect(made.reply.content['traceback']).toBeUndefined();
    const types = await kernel.execute('%%sql select column_name, column_type from (describe frame)');
    expect(rowsOf(types)).toEqual([
      ['i', 'BIGINT'],
      ['s', 'VARCHAR'],
      ['d', 'DECIMAL(38,2)'],
      ['day', 'DATE'],
      ['b', 'BLOB'],
      ['yes', 'BOOLEAN'],
      ['t', 'TIMESTAMP'],
      ['tz', 'TIMESTAMP WITH TIME ZONE'],
      ['l', 'VARCHAR[]'],
      ['st', 'STRUCT(a BIGINT, b VARCHAR)'],
      ['cat', 'VARCHAR'],
      ['en', 'VARCHAR'],
      ['cats', 'VARCHAR[]'],
    ]);
    const row = `concat_ws('|', i, s, d, day, yes, t, epoch(tz), l, st, cat, en, cats)`;
    expect(rowsOf(await kernel.execute(`%%sql select hex(b), ${row} from frame`))).toEqual([
      [
        '00',
        `1|a|1.50|2024-02-29|true|2024-01-02 03:04:05.6789|1704164645.0|[x, NULL]|{'a': 1, 'b': z}|x|x|[x]`,
      ],
      [null, 'y|y'],
      ['', `3||-2.25|false|[]|{'a': 2, 'b': NULL}|[y, NULL]`],
    ]);
    expect(resultOf(await kernel.execute('%%sql select sum(v) s from series'))).toMatch(/\n\s*42\n/);

    await kernel.execute('%%python\nframe = frame.with_columns(pl.col("i") * 100)');
    expect(resultOf(await kernel.execute('%%sql select sum(i) s from frame'))).toMatch(/\n\s*400\n/);
    const back = await kernel.execute(`%%python
back = pl.from_pandas(sql("select * from frame"))
same = ["i", "s", "d", "day", "b", "yes", "t", "l", "st"]
print(back.select(same).equals(frame.select(same)))`);
    expect(back.stdout).toBe('True\n');
    expect(shown(await kernel.execute('%describe frame'))).toMatch(
      /d\s+DECIMAL\(38,2\)\s+1\s+2\s+-2\.25\s+1\.50/,
    );
    expect(errorOf(await kernel.execute('%%sql from lazy'))).toContain(
      'There is no table, view or DataFrame named lazy.',
    );
    expect(errorOf(await kernel.execute('%%sql from wide'))).toContain(
      'The DataFrame wide could not be given to SQL',
    );
  }));
