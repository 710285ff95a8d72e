import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PythonSession } from '@worldline/sandbox';
import {
  failure,
  openSandbox,
  plainTraceback,
  run,
  streamsOf,
  withoutColours,
  type Sandbox,
} from './sandbox.js';

let sandbox: Sandbox;
let python: PythonSession;
beforeAll(async () => {
  sandbox = await openSandbox();
  python = await sandbox.open();
});
afterAll(() => sandbox.close());

describe('a cell', () => {
  test('shows the value of its last expression, and keeps its variables', async () => {
    expect((await run(python, 'x = 20\nx + 1')).value).toBe('21');
    expect((await run(python, 'x += 1; x')).value).toBe('21');
    expect((await run(python, '_ * 2')).value).toBe('42');
    expect((await run(python, '1;')).events).toEqual([]);
  });

  test('keeps the order of stdout and stderr', async () => {
    const ran = await run(
      python,
      'import sys\nprint("a")\nprint("b", file=sys.stderr)\nprint("c")\nsys.stdout.buffer.write(b"\\xff\\n")',
    );
    expect(streamsOf(ran)).toEqual([
      { name: 'stdout', text: 'a\n' },
      { name: 'stderr', text: 'b\n' },
      { name: 'stdout', text: 'c\n\ufffd\n' },
    ]);
  });

  test('shows what it prints while it runs', async () => {
    const stop = new AbortController();
    const ran = await run(python, 'import time\nprint("now", end="")\ntime.sleep(60)', {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'stream') stop.abort();
      },
    });
    expect(ran.text).toBe('now');
    expect(ran.result.status).toBe('interrupted');
    expect((await run(python, 'x')).value).toBe('21');
  });

  test('shows a value that its code shows by itself while it runs', async () => {
    const stop = new AbortController();
    const ran = await run(python, 'import sys, time\nsys.displayhook(7)\ntime.sleep(60)', {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'result') stop.abort();
      },
    });
    expect(ran.value).toBe('7');
    expect(ran.result.status).toBe('interrupted');
  });

  test.each([
    ['raises', 'raise ValueError("no")', 'ValueError: no'],
    ['gives no text', 'return 7', 'TypeError: __repr__ returned non-string'],
    ['never ends by itself', 'return repr(self)', 'RecursionError: maximum recursion'],
  ])('tells of a value whose __repr__ %s, and goes on', async (_what, body, told) => {
    const ran = await run(
      python,
      `class Odd:\n    def __repr__(self): ${body}\ndisplay(Odd())\nprint("on")\nOdd()`,
    );
    expect(failure(ran)).toBe('ok');
    const plain = withoutColours(ran.text);
    expect(plain.split(told)).toHaveLength(3);
    expect(plain.indexOf(told)).toBeLessThan(plain.indexOf('on\n'));
  });

  test('tells of a figure that is too large to be drawn', async () => {
    const ran = await run(
      python,
      'import matplotlib.pyplot as plt\nplt.figure(figsize=(100_000, 1), dpi=100)\nplt.plot([1, 2]);',
    );
    expect(withoutColours(ran.text)).toMatch(/ValueError: Image size of .* is too large/);
    expect((await run(python, 'x')).value).toBe('21');
  });

  test.each([
    'import socket; socket.create_connection(("1.1.1.1", 53), 2)',
    'import pandas; pandas.read_csv("https://example.org/a.csv")',
  ])('that wants a network is told that there is none: %s', async (code) => {
    expect(plainTraceback(await run(python, code))).toMatch(
      /\nThe sandbox has no network\. .* beside the notebook/,
    );
  });

  test('that writes beside the workspace is told where it can', async () => {
    const ran = await run(python, 'open("/opt/python/new.txt", "w")');
    expect(plainTraceback(ran)).toMatch(/Read-only file system.*\nFiles are written into the workspace\./);
  });

  test('styles a frame', async () => {
    const ran = await run(python, 'import pandas as pd; pd.DataFrame({"a": [1]}).style.format("{:.1f}")');
    expect(failure(ran)).toBe('ok');
  });

  test('may take years, if that is its time limit', async () => {
    const ran = await run(python, 'import time; time.sleep(0.1)', { timeout: 1e12 });
    expect([failure(ran), ran.notices]).toEqual(['ok', []]);
  });

  test('fails with a traceback that points into it', async () => {
    const ran = await run(python, 'def f():\n    return 1 / 0\nf()', { cell: 'Cell [7]' });
    expect(failure(ran)).toBe('ZeroDivisionError: division by zero');
    const plain = plainTraceback(ran);
    expect(plain).toContain('Cell [7], line 3');
    expect(plain).toContain('----> 2     return 1 / 0');
    expect(plain).not.toContain('worldline_runner');
  });
});
