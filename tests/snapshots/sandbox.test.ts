import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PythonSession, VariablesSnapshot } from '@worldline/sandbox';
import { failure, openSandbox, run, type Sandbox } from '../sandbox/sandbox.js';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.close());

async function kept(python: PythonSession): Promise<VariablesSnapshot> {
  const snapshot = await python.snapshot();
  if (snapshot === null) throw new Error('there was nothing to keep');
  return snapshot.done;
}

test('300 MB within the default limits: kept, changed, and back in another sandbox', async () => {
  const [one, other] = [await sandbox.open(), await sandbox.open()];
  await run(one, 'import numpy as np; big = np.random.default_rng(0).random(37_500_000); total = big.sum()');
  const first = await kept(one);
  expect(first.bytesAdded).toBeGreaterThan(300_000_000);
  await run(one, 'big[7] = 42');
  const second = await kept(one);
  expect(second.bytesAdded).toBeLessThan(1_000_000);
  await run(one, 'mine = big');

  expect(await other.restore(second)).toEqual({ lost: [] });
  expect((await run(other, 'big[7], len(big), "mine" in globals()')).value).toContain(
    '42.0), 37500000, False',
  );
  expect(await other.restore(first)).toEqual({ lost: [] });
  expect((await run(other, 'float(total - big.sum())')).value).toBe('0.0');
  expect((await run(one, 'mine is big')).value).toBe('True');
}, 120_000);

test('Arrow text within the default limits that leave no room for a copy of it: kept, and back elsewhere', async () => {
  const [one, other] = [await sandbox.open(), await sandbox.open()];
  const made = await run(
    one,
    `
import numpy as np, pandas as pd, pyarrow as pa
def piece(letter):
    ends, letters = np.arange(100_001) * 1000, np.full(100_000_000, ord(letter), "u1")
    return pa.Array.from_buffers(pa.large_string(), 100_000, [None, pa.py_buffer(ends), pa.py_buffer(letters)])
text = pd.Series(pd.array(pa.chunked_array(map(piece, "ab")), dtype=pd.ArrowDtype(pa.large_string())))`,
  );
  expect(failure(made)).toBe('ok');
  const snapshot = await kept(one);
  expect(snapshot.lost).toEqual([]);
  expect(await other.restore(snapshot)).toEqual({ lost: [] });
  expect((await run(other, 'len(text), text[100_000][:3], text.iloc[-1][:3]')).value).toBe(
    "(200000, 'bbb', 'bbb')",
  );
}, 120_000);

test('a variable that eats all memory while it is saved is named; the worker lives on', async () => {
  const python = await sandbox.open();
  const made = await run(
    python,
    `
import numpy as np, os
class Greedy:
    def __reduce__(self):
        hoard = []
        while True: hoard.append(np.ones(5_000_000))
greedy, fine, worker = Greedy(), [1, 2], os.getpid()`,
  );
  expect(failure(made)).toBe('ok');
  const { lost } = await kept(python);
  expect(lost).toEqual([{ name: 'greedy', reason: 'saving it needed more memory than there is' }]);
  expect((await run(python, 'worker == os.getpid(), type(greedy).__name__')).value).toBe("(True, 'Greedy')");
}, 120_000);

test('a variable whose saving was killed is not said to want memory', async () => {
  const python = await sandbox.open();
  await run(
    python,
    `
import os, signal
class Deadly:
    def __reduce__(self): os.kill(os.getpid(), signal.SIGKILL)
deadly, fine = Deadly(), [1, 2]`,
  );
  const { lost } = await kept(python);
  expect(lost).toEqual([{ name: 'deadly', reason: 'what saved it was killed (SIGKILL)' }]);
});

test('a worker that ends before it has finished a snapshot leaves nobody waiting', async () => {
  const python = await sandbox.open();
  await run(python, 'x = 1');
  await kept(python);
  await run(
    python,
    'import os, sys; sys.addaudithook(lambda event, _: event == "os.rename" and os._exit(3))',
  );
  await expect(kept(python)).rejects.toThrow('ended before it was done');
  expect((await run(python, 'x')).value).toBe('1');
}, 120_000);

test('the shell, display objects and IPython’s names cause no loss', async () => {
  const python = await sandbox.open();
  await run(python, 'shell = get_ipython(); 5');
  await run(
    python,
    'from IPython.display import HTML; page = HTML("<b>b</b>"); import sys; out = sys.stdout; _5 = 5',
  );
  const snapshot = await kept(python);
  expect(snapshot.lost).toEqual([]);
  expect(await python.restore(snapshot)).toEqual({ lost: [] });
  expect((await run(python, 'shell is get_ipython(), page.data, out is sys.stdout')).value).toBe(
    "(True, '<b>b</b>', True)",
  );
});

test('a cell that only shows variables leaves them as they are kept, however large they are', async () => {
  const python = await sandbox.open();
  await run(
    python,
    `
import collections, numpy as np, pandas as pd
big = np.random.default_rng(0).random(2_500_000); frame = pd.DataFrame({"x": big}); numbers = [1, {"k": 2}]
class Odd:
    def __repr__(self): big[0] = 7; return "odd"
odd, held, counter, waiting = Odd(), [Odd()], collections.defaultdict(list), iter([1, 2])`,
  );
  await kept(python);
  for (const cell of [
    'print("hello")',
    'frame',
    'print(f"{len(big)} {numbers[1]}", big.mean(), frame.head(3), sep="\\n")',
    'frame.shape, big.max() > 1, -len(numbers) + 2',
  ]) {
    await run(python, cell);
    expect([cell, python.variablesChanged]).toEqual([cell, false]);
  }
  for (const cell of [
    'odd',
    'print(held)',
    'counter["x"]',
    'sum(waiting)',
    'big.sort()',
    'numbers.pop()',
    'x = 1',
  ]) {
    await run(python, cell);
    expect([cell, python.variablesChanged]).toEqual([cell, true]);
    await run(python, 'print(1)');
    expect([cell, python.variablesChanged]).toEqual([cell, true]);
    await kept(python);
  }
  await run(python, 'print = len; print(frame)');
  await kept(python);
  await run(python, 'print(frame)');
  expect(python.variablesChanged).toBe(true);
}, 120_000);

test('a cell that leaves the variables as they are kept says so as it ends', async () => {
  const python = await sandbox.open();
  await run(python, 'import random; x = [1]');
  expect(python.variablesChanged).toBe(true);
  await kept(python);
  // A look may take longer than the end of a cell waits for; where it never is told, this does not end.
  for (await run(python, 'x'); python.variablesChanged; await run(python, 'x')) {
    expect(await python.snapshot()).toBeNull();
  }
  for (const change of ['x.append(2)', 'random.random()', 'y = x', 'del y']) {
    await run(python, change);
    expect(python.variablesChanged).toBe(true);
    await kept(python);
  }
  await run(python, 'random.getstate = 1');
  expect((await run(python, 'x')).value).toBe('[1, 2]');
}, 120_000);
