import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { digestsOf, Lab } from './Lab.js';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.start(['--env=PYTHONHASHSEED=1']);
});
afterAll(() => lab.close());
beforeEach(async () => {
  await lab.fresh();
  await lab.run('import numpy as np, pandas as pd, pyarrow as pa');
});

async function digests(): Promise<Record<string, string>> {
  return digestsOf(await lab.capture());
}

/** A bit of everything that has a digest. */
const MAKE = `
import collections, dataclasses, datetime, decimal, enum, pathlib, random
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
rng = np.random.default_rng(3)
big = rng.random(2_000_000); small = np.arange(5); fortran = np.asfortranarray(rng.random((300, 400)))
view, back, stripes = big[100:], big[::-1], fortran[::2, 1::3]; wide = np.broadcast_to(small, (40, 5))
words = np.array([f"word {i}" for i in range(20_000)] + [None], dtype=object); rec = np.zeros(9, dtype=[("x", "f8"), ("n", "U5")])
n = 100_000
df = pd.DataFrame({"i": np.arange(n), "f": np.arange(n) / 3, "s": [f"row {i}" for i in range(n)], "b": np.arange(n) % 2 == 0,
  "o": [(i,) for i in range(n)], "c": pd.Categorical([str(i % 7) for i in range(n)]), "t": pd.date_range("2020", periods=n, freq="min", tz="UTC"),
  "m": pd.array([None, 1] * (n // 2), dtype="Int64"), "a": pd.array([None, "x"] * (n // 2), dtype="string[pyarrow]")})
plain = pd.DataFrame(rng.random((50_000, 4)), columns=list("abcd")); plain["e"] = 1.5; plain["f"] = 2.5
series, stats, part = df["s"], df.groupby("c", observed=True)["f"].describe(), df.iloc[10:5000]
indexed = df.set_index(["b", "c"])["f"]
table = pa.table({"x": np.arange(n), "s": ["a", None] * (n // 2), "l": [[1, 2]] * n}); piece = table.slice(10, 5)
text, raw, changing = "ä" * 500_000, b"x" * 300_000, bytearray(b"y" * 400_000)
names = {f"name {i}" for i in range(1000)}; mixed = {1, "one", (2, "two"), frozenset(["x", "yy", "zzz"])}
nested = {"a": [({1, 2}, frozenset("abc"))], "names": ["names", "a"], "d": datetime.date(2020, 1, 1), "e": decimal.Decimal("1.5"), "p": pathlib.Path("x")}
counts, ordered, pair = collections.Counter("mississippi"), collections.OrderedDict(a=1), collections.namedtuple("Pair", "x y")(1, 2)
class Color(enum.Enum): RED = 1
@dataclasses.dataclass
class Point:
    x: int
    tags: set = dataclasses.field(default_factory=set)
class Names(set): pass
class Base:
    def __init__(self, x): self.x = x; self.names = ["x", "names"]
    def area(self): return self.x
class Square(Base):
    def __init__(self, x): super().__init__(x); self.kinds = {"a", "b", "c"}
    def area(self): return {self.x in {"p", "q", "r"}} and super().area()
red, point, own, square = Color.RED, Point(1, {"u", "v", "w"}), Names(["k", "l", "m"]), [Square(2), Square(3)]
def make(factor):
    def times(x): return x * factor if x in {"s", "t", "u"} else 0
    return times
double, deep = make(2), [lambda x: x + 1]
def down(k): return down(k - 1) if k else 0
X = rng.random((300, 4)); forest = RandomForestRegressor(5, random_state=0).fit(X, X[:, 0])
linear = make_pipeline(StandardScaler(), LinearRegression()).fit(X, X[:, 0])
own_random = random.Random(3); kept_error = ValueError("x", 1); stamp, span, period = pd.Timestamp("2020-01-01"), pd.Timedelta("1h"), pd.Period("2020Q1")
cat, idx, when = pd.Categorical(["a", "b"]), pd.Index(["x", "y"]), pd.date_range("2020", periods=5)
`;

/** Looks at all of it, in ways that have libraries note something or arrange it anew. */
const READ = `
df.describe(); df.isna().sum(); df.sort_values("s"); plain.rolling(3).mean(); plain.copy(); plain.values.sum(); plain._consolidate_inplace()
df["s"].str.upper(); df["a"].isna(); df["i"].is_unique, df.index.is_unique, df.columns.get_loc("f"); indexed.index.is_monotonic_increasing
indexed.sort_index(); table.column("s").null_count; table.column("l").null_count; table.to_pandas(); piece.column("s").null_count
"name 5" in names; sorted(names); repr(nested); hash(text); point == Point(1); forest.predict(X); linear.predict(X); square[0].area()
double(2); down(3); hash(stamp); idx.get_loc("x"); when.inferred_freq; when.is_monotonic_increasing; cat.codes.sum(); rec["x"].sum(); big.sum()
`;

const ALL = [
  ...[
    'big',
    'small',
    'fortran',
    'view',
    'back',
    'stripes',
    'wide',
    'words',
    'rec',
    'df',
    'plain',
    'series',
    'stats',
  ],
  ...[
    'part',
    'indexed',
    'table',
    'piece',
    'text',
    'raw',
    'changing',
    'names',
    'mixed',
    'nested',
    'counts',
    'ordered',
  ],
  ...[
    'pair',
    'Color',
    'Point',
    'Names',
    'Base',
    'Square',
    'red',
    'point',
    'own',
    'square',
    'make',
    'double',
    'deep',
  ],
  ...[
    'down',
    'forest',
    'linear',
    'own_random',
    'kept_error',
    'stamp',
    'span',
    'period',
    'cat',
    'idx',
    'when',
  ],
];

describe('digests of what variables hold', () => {
  test('stay where a variable was only read, and in another worker, whose sets are in another order', async () => {
    await lab.run(MAKE);
    const snapshot = await lab.capture();
    const before = digestsOf(snapshot);
    await lab.run(READ);
    expect(digestsOf(await lab.capture({ full: true }))).toEqual(before);
    await lab.restore(snapshot);
    expect(await digests()).toEqual(before);
    await lab.run(READ);
    expect(await digests()).toEqual(before);
    expect(ALL.filter((name) => before[name] === undefined)).toEqual([]);
  });

  test('are the same for what was made anew, in a container with sets in another order', async () => {
    await lab.run(MAKE);
    const other = await Lab.start(['--env=PYTHONHASHSEED=2']);
    try {
      await other.run(`import numpy as np, pandas as pd, pyarrow as pa\n# another place\n${MAKE}`);
      expect(digestsOf(await other.capture())).toEqual(await digests());
    } finally {
      await other.close();
    }
  });

  test('tell nothing of how equal contents came about', async () => {
    await lab.run(`
word = "".join(["long", " word"])
texts = [word, word]; frame = pd.DataFrame({"a": [1.5, 2.5], "b": [3.5, 4.5], "s": ["x", None]}); strided = np.arange(12.).reshape(3, 4)
objects = np.array(["x", word], dtype=object); members = {"x", "y", "z", 1}; strings = pa.chunked_array([["a", "b"], ["c"]])
column = pd.Series([f"row {i}" for i in range(200_000)], dtype="str")
class Holder:
    def __init__(self, x): self.x = x; self.names = ["x"]
held = [Holder(word)]
def f(x):
    return x + 1`);
    const before = await digests();
    await lab.run(`
texts = ["".join(["long", " word"]), "".join(["long", " word"])]
frame = pd.DataFrame({"a": [1.5, 2.5]}); frame["b"] = [3.5, 4.5]; frame["s"] = pd.Series(["_", "x", None])[1:].reset_index(drop=True)
strided = np.arange(24.).reshape(3, 8)[:, :4] * 0 + np.arange(12.).reshape(3, 4); strided = np.repeat(strided, 2, axis=1)[:, ::2]
objects = np.array(["_", "x", "".join(["long", " word"])], dtype=object)[1:]; members = {1, "z"} | {"y"} | {"x"}
column = pd.concat([column[:70_001], column[70_001:]])

def f(x):
    return x + 1`);
    expect(await digests()).toEqual(before);
  });

  test.each([
    ['a value in an array', 'a = np.arange(1_000_000.)', 'a[500_000] = -1'],
    ['a value in an array that a view looks into', 'a = np.arange(100.)[::2]', 'a.base[4] = 7'],
    ['its type', 'a = np.zeros(4, dtype="i8")', 'a = np.zeros(4, dtype="f8")'],
    ['its shape', 'a = np.arange(6)', 'a = np.arange(6).reshape(2, 3)'],
    ['a number in a frame', 'a = pd.DataFrame({"x": np.arange(9.), "s": "row"})', 'a.loc[3, "x"] = 0'],
    ['a text in a frame', 'a = pd.DataFrame({"x": np.arange(9.), "s": "row"})', 'a.loc[3, "s"] = "now"'],
    ['a missing value', 'a = pd.DataFrame({"s": ["", "x"]})', 'a.loc[0, "s"] = None'],
    ['the index of a frame', 'a = pd.DataFrame({"x": [1, 2]})', 'a.index = [1, 2]'],
    ['the name of a column', 'a = pd.DataFrame({"x": [1, 2]})', 'a.columns = ["y"]'],
    ['two columns that changed places', 'a = pd.DataFrame({"x": [1], "y": [2]})', 'a = a[["y", "x"]]'],
    ['a category', 'a = pd.Series(["u", "v"] * 9, dtype="category")', 'a[0] = "v"'],
    ['a list', 'a = [[1, 2], [3]]', 'a[1][0] = 4'],
    ['a dictionary', 'a = {"x": {"y": 1}}', 'a["x"]["y"] = 2'],
    ['a set', 'a = {"x", "y", 1}', 'a.discard("x"); a.add("z")'],
    ['an attribute', 'class C: n = 1\na = C(); a.x = 1', 'a.x = 2'],
    ['a class', 'class a:\n    def f(self): return 1', 'class a:\n    def f(self): return 2'],
    ['a function', 'def a(x): return x + 1', 'def a(x): return x + 2'],
    ['what a function is bound to', 'def m(k): return lambda x: x + k\na = m(1)', 'a = m(2)'],
    [
      'a model',
      'from sklearn.linear_model import Ridge\na = Ridge().fit([[0], [1]], [0, 1])',
      'a.fit([[0], [1]], [0, 2])',
    ],
    ['a text far into a column', 'a = pd.Series(["x"] * 200_000, dtype="str")', 'a[199_999] = "y"'],
    ['a table of arrow', 'a = pa.table({"x": [1, 2]})', 'a = pa.table({"x": [1, 3]})'],
    ['a generator of random numbers', 'a = np.random.default_rng(1)', 'a.random()'],
    ['objects', 'a = np.array([{"k": 1}], dtype=object)', 'a[0]["k"] = 2'],
  ])('change with %s', async (_, make, change) => {
    await lab.run(`${make}\nb = "beside"`);
    const before = await digests();
    await lab.run(change);
    const after = await digests();
    expect(after).toMatchObject({ a: expect.stringMatching(/^[0-9a-f]{16}$/), b: before.b });
    expect(after.a).not.toBe(before.a);
  });

  test('are left out where they would tell what is not so', async () => {
    await lab.run(`
import matplotlib.pyplot as plt, statsmodels.api as sm
figure, axes = plt.subplots(); loop = []; loop.append(loop); fit = sm.OLS([1., 2., 4.], [[1., 0.], [1., 1.], [1., 2.]]).fit()
class Odd:
    count = 0
    def __reduce__(self):
        Odd.count += 1
        if Odd.count > 1: raise RuntimeError("only once")
        return Odd, ()
odd = Odd(); shared = []; pair = [shared, shared]; deep = []
for _ in range(100): deep = [deep, deep]
fine = 1`);
    const snapshot = await lab.capture();
    expect(snapshot.lost).toEqual([]);
    expect(Object.keys(digestsOf(snapshot)).sort()).toEqual([
      'Odd',
      'fine',
      'np',
      'pa',
      'pair',
      'pd',
      'plt',
      'shared',
      'sm',
    ]);
  });
});
