import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PythonSession } from '@worldline/sandbox';
import { failure, openSandbox, plainTraceback, run, runPastLimit, type Sandbox } from './sandbox.js';

let sandbox: Sandbox;
let python: PythonSession;
beforeAll(async () => {
  sandbox = await openSandbox();
  python = await sandbox.open();
});
afterAll(() => sandbox.close());

describe('rich display', () => {
  test('shows a figure once, without plt.show(), and closes it', async () => {
    const bar = 'import matplotlib.pyplot as plt\nplt.bar(["a", "b"], [1, 2]);';
    for (const code of [bar, `${bar}\nplt.show()`]) {
      const { events } = await run(python, code);
      expect(events).toHaveLength(1);
      expect(events[0]).toMatchObject({
        type: 'display',
        data: { 'image/png': expect.stringMatching(/^iVBOR/) },
      });
    }
    expect((await run(python, 'plt.get_fignums()')).value).toBe('[]');
  });

  test('gives frames as HTML and text', async () => {
    const { events } = await run(python, 'import pandas as pd\npd.DataFrame({"a": [1]})');
    expect(events[0]).toMatchObject({
      type: 'result',
      data: { 'text/html': expect.stringContaining('<table'), 'text/plain': '   a\n0  1' },
    });
  });

  test('shows a number as text, and as what was registered for it as well', async () => {
    const register = (value: string): string =>
      `html = get_ipython().display_formatter.formatters["text/html"]\nhtml.type_printers[int] = ${value}`;
    const shown = async (): Promise<unknown> => (await run(python, '6 * 7')).events;
    expect(await shown()).toMatchObject([{ type: 'result', data: { 'text/plain': '42' } }]);
    await run(python, register('lambda n: f"<b>{n}</b>"'));
    expect(await shown()).toMatchObject([
      { type: 'result', data: { 'text/plain': '42', 'text/html': '<b>42</b>' } },
    ]);
    await run(python, 'del html.type_printers[int]');
    expect(await shown()).toEqual([{ type: 'result', data: { 'text/plain': '42' }, metadata: {} }]);
  });

  test('shows nothing of an expression that ends with a semicolon', async () => {
    expect((await run(python, '6 * 7;  # quiet')).events).toEqual([]);
    expect((await run(python, '"a;b"')).value).toBe(`'a;b'`);
  });

  test('displays, updates and clears', async () => {
    const { events } = await run(
      python,
      'from IPython.display import HTML, clear_output\nh = display(HTML("<b>1</b>"), display_id="d")\nh.update(HTML("<b>2</b>"))\nclear_output(wait=True)',
    );
    expect(events).toMatchObject([
      { type: 'display', displayId: 'd', update: false },
      { type: 'display', displayId: 'd', update: true, data: { 'text/html': '<b>2</b>' } },
      { type: 'clear', wait: true },
    ]);
  });

  test('has help, magics and shell lines', async () => {
    expect((await run(python, 'len?')).events[0]).toMatchObject({ type: 'display' });
    expect((await run(python, '!echo hi')).text).toBe('hi\n');
    expect((await run(python, 'def say(word):\n    !echo $word {word * 2} $$HOME\nsay("a")')).text).toBe(
      'a aa /tmp/home\n',
    );
    expect((await run(python, '%pwd')).value).toBe(`'${python.workspace.path}'`);
    expect((await run(python, 'import asyncio\nawait asyncio.sleep(0)\n"slept"')).value).toBe("'slept'");
  });
});

describe('a package that is not there', () => {
  test.each([
    [
      'import plotly.express',
      'The sandbox has no package plotly. To add it: node install.mjs --with-packages plotly',
    ],
    [
      '%pip install -q plotly polars',
      "nothing can be installed from here. To add it: node install.mjs --with-packages 'plotly polars'",
    ],
    [
      '!pip install -q plotly',
      'nothing can be installed from here. To add it: node install.mjs --with-packages plotly',
    ],
    ['wanted = "plotly"\n!python3 -m pip install {wanted}', '--with-packages plotly'],
  ])('%s says how to get it', async (code, hint) => {
    expect(plainTraceback(await run(python, code))).toContain(hint);
  });

  test('is asked for in vain once, not twice', async () => {
    const { text, events } = await run(python, '%pip install plotly');
    expect(text).toBe('');
    expect(events).toEqual([]);
  });

  test('is told apart from a part that a package does not have', async () => {
    expect(plainTraceback(await run(python, 'import pandas.nothing'))).toMatch(
      /No module named 'pandas.nothing'$/,
    );
  });
});

describe('a front end', () => {
  test('answers input(), or it raises at once', async () => {
    const ran = await run(python, 'import getpass\ninput("name? ") + getpass.getpass()', {
      input: (prompt, password) => Promise.resolve(`${prompt}${String(password)} `),
    });
    expect(ran.value).toBe("'name? false Password: true '");
    expect(failure(await run(python, 'input()'))).toMatch(/input\(\) is not available here/);
  });

  test('completes, inspects and asks whether code is complete', async () => {
    await run(python, 'import pandas as pd\nlong_name = pd.DataFrame({"a": [1]})');
    expect(await python.complete('lon', 3)).toMatchObject({
      matches: [{ text: 'long_name' }],
      start: 0,
      end: 3,
    });
    expect((await python.complete('long_name.gro', 13)).matches.map(({ text }) => text)).toContain('groupby');
    const unrun = 'import os\nfrom os import (path as way)\nprint(os.pathse, way.joi';
    expect((await python.complete(unrun, unrun.indexOf(','))).matches.map(({ text }) => text)).toEqual([
      'pathsep',
    ]);
    expect((await python.complete(unrun, unrun.length)).matches.map(({ text }) => text)).toEqual(['join']);
    expect(await python.inspect('len', 2, 0)).toMatchObject({
      'text/plain': expect.stringContaining('number of items'),
    });
    expect(await python.inspect('nothing_like_it', 2, 0)).toBeNull();
    expect(await python.isComplete('for i in x:')).toEqual({ status: 'incomplete', indent: '    ' });
    expect(await python.isComplete('1 + 1')).toMatchObject({ status: 'complete' });
  });

  test('completes before the first cell has run', async () => {
    sandbox.manager.warm();
    await sandbox.manager.spareReady();
    const fresh = await sandbox.open();
    expect(await fresh.variables()).toEqual([]);
    expect(fresh.state).toBe('none');
    const { matches } = await fresh.complete('pri', 3);
    expect(matches.map(({ text }) => text)).toContain('print');
    expect(fresh.state).toBe('ready');
    await fresh.close();
  });

  test('sees the variables, in a few words each', async () => {
    await python.restore(null);
    await run(
      python,
      'import numpy as np, pandas as pd\na = np.zeros((3, 4))\nb = list(range(10**6))\nc = "x"\ndef f(): pass\nframe = pd.DataFrame({"k": [1, 2]})\n_hidden = 1',
    );
    expect(await python.variables()).toMatchObject([
      { name: 'a', type: 'ndarray', shape: '(3, 4)', bytes: 96, preview: 'float64' },
      { name: 'b', type: 'list', shape: '(1000000,)', preview: '[0, 1, 2, 3, 4, 5, ...]' },
      { name: 'c', type: 'str', preview: "'x'" },
      { name: 'f', type: 'function', preview: 'def f(…)' },
      { name: 'frame', type: 'DataFrame', shape: '(2, 1)', preview: 'k' },
    ]);
  });

  test('can set a time limit', async () => {
    const ran = await runPastLimit(python, 'mine = 1\nimport time\nprint("on"); time.sleep(600)', [
      'Ask for more.',
    ]);
    const told = `TimeoutError: ${ran.told} Ask for more.`;
    expect(failure(ran)).toBe(told);
    const traceback = plainTraceback(ran);
    expect(traceback).toMatch(/TimeoutError +Traceback/);
    expect(traceback).toContain('----> 3 print("on"); time.sleep(600)');
    expect(traceback.split('\n').at(-1)).toBe(told);
    expect(traceback).not.toMatch(/KeyboardInterrupt|worldline_runner/);
    expect((await run(python, 'mine')).value).toBe('1');
  });

  test('is told where a cell went on past its time limit', async () => {
    const ran = await runPastLimit(
      python,
      'import time\ntry: print("on"); time.sleep(600)\nexcept KeyboardInterrupt: 7',
    );
    expect(failure(ran)).toBe('ok');
    expect(ran.notices).toEqual([expect.stringContaining(ran.told)]);
    expect(ran.notices[0]).toContain('caught the KeyboardInterrupt');
    expect(ran.events.filter((event) => event.type === 'notice' && event.timedOut === true)).toHaveLength(1);
  });

  test('interrupts a cell before its first line without a word in the next', async () => {
    await run(
      python,
      `shell, ask = get_ipython(), get_ipython().should_run_async
def interrupted(*cell, **more):
    shell.should_run_async = ask
    raise KeyboardInterrupt
shell.should_run_async = interrupted`,
    );
    expect(failure(await run(python, '1'))).toMatch(/^KeyboardInterrupt/);
    const next = await run(python, 'import gc\ngc.collect();');
    expect(next.text).toBe('');
  });

  test('interrupts what the code started as well', async () => {
    const ran = await runPastLimit(python, 'import os\nos.system("echo on; sleep 600") != 0');
    expect(ran.value).toBe('True');
  });

  test('interrupts once more what missed it, and the code itself once', async () => {
    const ran = await runPastLimit(
      python,
      `import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", """
import signal, time
came = []
signal.signal(signal.SIGINT, lambda *_: came.append(1))
print("ready", flush=True)
while len(came) < 2: time.sleep(0.01)
exit(3)"""], stdout=subprocess.PIPE)
child.stdout.readline()
try: print("on"); child.wait()
except KeyboardInterrupt: ended = child.wait()
ended`,
    );
    expect(ran.value).toBe('3');
  });
});

describe('tables', () => {
  const write = `import decimal, datetime, pandas as pd, pyarrow as pa
frame = pa.table({
    "i": pa.array([1, None], pa.int32()),
    "b": pa.array([True, None]),
    "d": pa.array([decimal.Decimal("1.10"), None], pa.decimal128(9, 2)),
    "t": pa.array([datetime.datetime(2024, 1, 2), None], pa.timestamp("us", "Europe/Berlin")),
    "day": pa.array([datetime.date(2024, 1, 2), None]),
    "l": pa.array([[1, 2], None]),
    "s": pa.array([{"x": 1}, None]),
    "text": pa.array(["ü", None]),
})`;

  test('go out and come back with their types', async () => {
    await mkdir(join(python.workspace.path, '.worldline/exchange'), { recursive: true });
    await run(python, write);
    const first = await python.exportFrame('frame', '.worldline/exchange/t.parquet');
    expect(
      (await readFile(join(python.workspace.path, '.worldline/exchange/t.parquet')))
        .subarray(0, 4)
        .toString(),
    ).toBe('PAR1');
    await python.importFrame('back', '.worldline/exchange/t.parquet');
    expect((await run(python, 'print(back.dtypes.to_string())')).text.replace(/ +/g, ' ')).toBe(
      'i Int32\nb boolean\nd decimal128(9, 2)[pyarrow]\nt datetime64[us, Europe/Berlin]\nday date32[day][pyarrow]\nl list<element: int64>[pyarrow]\ns struct<x: int64>[pyarrow]\ntext str\n',
    );
    expect(await python.exportFrame('frame', '.worldline/exchange/again.parquet')).toEqual(first);
    expect(await python.exportFrame('write', '.worldline/exchange/no.parquet')).toBeNull();
  });

  test('are listed with their columns', async () => {
    await python.restore(null);
    await run(
      python,
      `import pandas as pd, pyarrow as pa
indexed = pd.DataFrame({("a", 1): [1], ("b", 2): [2]}, index=pd.Index([1], name="key"))
series = pd.Series([1], name="amount")
table = pa.table({"s": ["x"]})
class Broken:
    @property
    def shape(self): raise RuntimeError("no")
    def __arrow_c_stream__(self, schema=None): raise RuntimeError("no")
broken, number, _hidden, kind = Broken(), 1, table, pd.DataFrame`,
    );
    expect(await python.frames()).toEqual([
      { name: 'indexed', columns: ['key', 'a_1', 'b_2'] },
      { name: 'series', columns: ['amount'] },
      { name: 'table', columns: ['s'] },
    ]);
  });

  test('come from sql("…")', async () => {
    const asked: string[] = [];
    const ran = await run(python, 'sql("from numbers").to_dict("list")', {
      sql: (query, exchange) => {
        asked.push(query, exchange);
        return Promise.resolve('.worldline/exchange/again.parquet');
      },
    });
    expect(ran.value).toContain("'text': ['ü', nan]");
    expect(asked).toEqual(['from numbers', join(python.workspace.path, '.worldline/exchange')]);
    const handed: unknown[] = [];
    await run(
      python,
      'import os, pandas as pd\nhere = os.getcwd()\nos.chdir("/tmp")\ndef f():\n  n, own = 1, pd.DataFrame({"i": [1]})\n  sql("from own")\nf()\nos.chdir(here)',
      {
        sql: async (_query, _exchange, exports) => {
          handed.push(await exports.exportFrame('own', '.worldline/exchange/own.parquet'));
          handed.push(await exports.exportFrame('f', '.worldline/exchange/no.parquet'));
          handed.push(await exports.exportValues(['n', 'm'], '.worldline/exchange/values.parquet'));
          return '.worldline/exchange/own.parquet';
        },
      },
    );
    expect(handed).toEqual([{ fingerprint: expect.any(String) }, null, { missing: ['m'] }]);
    const failed = await run(python, 'sql("from nothing")', {
      sql: () => Promise.reject(new Error('no such table')),
    });
    expect(failure(failed)).toBe('SqlError: no such table');
  });
});

test('memory of Arrow that a cell gave back is there for the next one', async () => {
  const resident = 'int(open("/proc/self/statm").read().split()[1]) * 4096 // 1_000_000';
  const before = Number((await run(python, resident)).value);
  await run(
    python,
    'import pyarrow as pa, pyarrow.compute as pc\npc.add(pa.nulls(15_000_000, pa.int64()).fill_null(1), 1);',
  );
  expect(Number((await run(python, resident)).value) - before).toBeLessThan(60);
});

test('files that a cell makes or changes are its artifacts, by type', async () => {
  await writeFile(join(python.workspace.path, 'old.csv'), 'a');
  await chmod(join(python.workspace.path, 'old.csv'), 0o666);
  await run(python, '1');
  const ran = await run(
    python,
    'import os\nos.makedirs("out/deep")\nfor name in ["out/deep/a.PNG", "b.csv", "c.md", "d.pdf", "e.parquet", ".secret"]: open(name, "w").write("x")\nopen("old.csv", "a").write("b")',
  );
  expect(ran.result.artifacts.map(({ path, type }) => [path, type])).toEqual([
    ['b.csv', 'csv'],
    ['c.md', 'md'],
    ['d.pdf', 'pdf'],
    ['e.parquet', 'file'],
    ['old.csv', 'csv'],
    ['out/deep/a.PNG', 'image'],
  ]);
  expect((await run(python, '2')).result.artifacts).toEqual([]);
});

test('100,000 lines arrive whole', async () => {
  const { text } = await run(python, 'for i in range(100_000): print(i)');
  expect(text).toBe(Array.from({ length: 100_000 }, (_, i) => `${String(i)}\n`).join(''));
});
