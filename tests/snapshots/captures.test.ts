import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Lab } from './Lab.js';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.start();
});
afterAll(() => lab.close());
beforeEach(async () => {
  await lab.fresh();
  await lab.run('import numpy as np, pandas as pd');
});

describe('captures and the cells after them', () => {
  test('a capture holds what was, whatever the next cell does meanwhile', async () => {
    await lab.run('a = np.ones(4_000_000); d = {"k": 1}');
    const snapshot = await lab.capture({ meanwhile: 'a[:] = 2; d.clear(); b = a' });
    await lab.restore(snapshot);
    await lab.run('assert (a == 1).all() and d == {"k": 1} and "b" not in globals()');
  });

  test('one builds on another that the host has not taken in yet', async () => {
    await lab.run('a = np.random.default_rng(1).random(1_000_000)');
    const one = await lab.captureOnly();
    await lab.run('a[0] = 5');
    const two = await lab.captureOnly();
    const [first, second] = await Promise.all([lab.take(one.label), lab.take(two.label)]);
    expect(first.bytesAdded).toBeGreaterThan(8_000_000);
    expect(second.bytesAdded).toBeLessThan(600_000);
    await lab.restore(second);
    await lab.run('assert a[0] == 5 and len(a) == 1_000_000');
  });

  test('after one that the host refused, a full one stands by itself', async () => {
    await lab.run('a = np.random.default_rng(0).random(100_000)');
    await lab.captureOnly();
    lab.forgetTaken();
    await lab.run('b = 1');
    await expect(lab.capture()).rejects.toThrow('builds on a capture that was not kept');
    const snapshot = await lab.capture({ full: true });
    await lab.restore(snapshot);
    await lab.run('assert b == 1 and len(a) == 100_000');
  });

  test('a restored array takes writes of its own, and its blob stays as it was', async () => {
    await lab.run('a = np.ones(1_000_000)');
    const { snapshot } = await lab.carryOver();
    await lab.run('a[:] = 7');
    await lab.restore(snapshot);
    await lab.run('assert (a == 1).all(); a += 1; assert (a == 2).all()');
  });

  test('no pipe of the user’s stays open because of a capture', async () => {
    await lab.run(`
import os, subprocess
class Slow:
    def __reduce__(self):
        if os.path.exists("go"): open("go").read()
        return int, ()
os.mkfifo("go"); slow = Slow(); reader, writer = os.pipe(); cat = subprocess.Popen(["cat"], stdin=subprocess.PIPE)`);
    await lab.capture({
      meanwhile: `
os.close(writer); assert os.read(reader, 1) == b""; cat.stdin.close(); cat.wait()
go = open("go", "w"); os.unlink("go"); go.close()`,
    });
  });
});

describe('a capture that is asked for where something changed', () => {
  const SETUP = `
import random, datetime
x = [1, [2]]; d = {"a": x}; text = "t"; when = datetime.datetime(2024, 1, 1); both = (1, {3})
a = np.arange(10.0); view = a[2:5]; large = np.zeros(100_000)
df = pd.DataFrame({"n": [1, 2], "s": ["x", "y"]}); one = df["n"].rename("one")
def f(n, log=[]): log.append(n); return n + len(x)`;

  test.each([
    ['1 + 1'],
    ['len(x), d["a"], text + "u", when.year'],
    ['a.sum(), view.mean(), large[5]'],
    ['df.head(), df.describe(), one.sum()'],
    ['y = 5; del y'],
    ['d["b"] = 1; del d["b"]'],
  ])('is none after %s', async (cell) => {
    await lab.run(SETUP);
    expect(await lab.captureIfChanged()).not.toBeNull();
    await lab.run(cell);
    expect(await lab.captureIfChanged()).toBeNull();
  });

  test.each([
    ['x[1].append(3)', 'x == [1, [2, 3]] and d["a"] is x'],
    ['d["b"] = 1', 'd["b"] == 1'],
    ['x = [1, [2]]', 'd["a"] is not x'],
    ['both[1].add(4)', 'both == (1, {3, 4})'],
    ['view[0] = 7', 'a[2] == 7 and view.base is not None'],
    ['large[99_999] = 1', 'large[99_999] == 1'],
    ['df.loc[0, "n"] = 5', 'df["n"][0] == 5'],
    ['df.columns = ["m", "s"]', 'list(df) == ["m", "s"]'],
    ['random.random()', 'True'],
    ['np.random.random()', 'True'],
    ['f(8)', 'f.__defaults__ == ([8],)'],
    ['f.mark = 2', 'f.mark == 2'],
    ['def f(n): return n', 'f(1) == 1'],
    ['new = None', 'new is None'],
    ['del text', '"text" not in globals()'],
  ])('is one after %s', async (cell, holds) => {
    await lab.run(SETUP);
    await lab.captureIfChanged();
    await lab.run(cell);
    const snapshot = await lab.captureIfChanged();
    expect(snapshot).not.toBeNull();
    expect(await lab.captureIfChanged()).toBeNull();
    await lab.restore(snapshot as NonNullable<typeof snapshot>);
    await lab.run(`assert ${holds}`);
    // What was restored is compared with nothing: the first capture is a whole one.
    expect(await lab.captureIfChanged()).not.toBeNull();
    expect(await lab.captureIfChanged()).toBeNull();
  });

  test('runs no code of the user’s to find that out: what might, is captured each time', async () => {
    await lab.run(`
runs = []
class Own:
    def __getstate__(self): runs.append(1); return {}
own = Own()`);
    await lab.captureIfChanged();
    expect(await lab.captureIfChanged()).not.toBeNull();
    await lab.run('assert runs == []; own = open("/etc/hostname")');
    await lab.captureIfChanged();
    expect(await lab.captureIfChanged()).not.toBeNull();
    await lab.run('own = np.zeros(2_000_000)');
    await lab.captureIfChanged();
    expect(await lab.captureIfChanged()).not.toBeNull();
  });
});

describe('A look at large variables', () => {
  test.each([
    ['Arrow text of pandas', 'large = pd.Series(["x" * 50] * 1_000_000, dtype="string[pyarrow]")'],
    ['Arrow text in pieces', 'large = pd.concat([pd.Series(["x" * 50] * 500_000, dtype="str")] * 2)'],
    ['a frame of it', 'large = pd.DataFrame({"text": pd.Series(["x" * 50] * 1_000_000, dtype="str")})'],
    ['an Arrow table', 'import pyarrow as pa\nlarge = pa.table({"text": pa.array(["x" * 50] * 1_000_000)})'],
    ['a masked array', 'large = np.ma.array(np.ones(5_000_000), mask=False)'],
  ])('copies none in the worker: %s', async (_what, code) => {
    await lab.run(code);
    await lab.run(`
import pyarrow as pa
pa.default_memory_pool().release_unused()
def memory(what): return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(what))
with open("/proc/self/clear_refs", "w") as peak: peak.write("5")
before = memory("VmRSS")`);
    expect((await lab.captureOnly()).forked).toBe(true);
    await lab.run('assert memory("VmHWM") - before < 10_000, (memory("VmHWM"), before)');
  });
});

describe('Variables that are written by the worker itself', () => {
  beforeEach(() => lab.run('import threading; n = 1; df = pd.DataFrame({"n": range(1000)})'));

  test('are little ones: no process is forked for them, and all of them come back', async () => {
    const { label, forked } = await lab.captureOnly();
    expect(forked).toBe(false);
    await lab.restore(await lab.take(label));
    await lab.run('assert n == 1 and list(df["n"]) == list(range(1000))');
  });

  test.each([
    ['large ones', 'big = np.ones(2_000_000)'],
    ['those of classes of the user’s', 'class Own: pass\nown = Own()'],
    ['what cannot be kept', 'cannot = (step for step in [1])'],
    [
      'those that a thread may change meanwhile',
      'stop = threading.Event(); threading.Thread(target=stop.wait, daemon=True).start()',
    ],
  ])('are not %s', async (_what, code) => {
    await lab.run(code);
    expect((await lab.captureOnly()).forked).toBe(true);
  });

  test('share what was stored with those before and after that are not', async () => {
    await lab.run('a = np.random.default_rng(1).random(500_000)');
    await lab.capture();
    await lab.run('big = np.random.default_rng(2).random(2_000_000)');
    await lab.capture();
    await lab.run('del big; n = 2');
    const little = await lab.captureOnly();
    expect(little.forked).toBe(false);
    const kept = await lab.take(little.label);
    expect(kept.bytesAdded).toBeLessThan(100_000);
    await lab.run('big = np.random.default_rng(3).random(2_000_000)');
    const more = await lab.capture();
    expect(more.bytesAdded).toBeLessThan(16_100_000);
    await lab.restore(kept);
    await lab.run(
      'assert n == 2 and a[7] == np.random.default_rng(1).random(500_000)[7] and "big" not in globals()',
    );
    await lab.restore(more);
    await lab.run('assert n == 2 and big[7] == np.random.default_rng(3).random(2_000_000)[7]');
  });
});
