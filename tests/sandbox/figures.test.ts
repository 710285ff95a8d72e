import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PythonSession } from '@worldline/sandbox';
import { openSandbox, run, withoutColours, type Sandbox } from './sandbox.js';

let sandbox: Sandbox;
let python: PythonSession;
beforeAll(async () => {
  sandbox = await openSandbox();
  python = await sandbox.open();
  await run(
    python,
    `import io, matplotlib.pyplot as plt, numpy as np, pandas as pd
from PIL import Image
from IPython.core import pylabtools
from matplotlib.figure import Figure
draw, x = Figure.draw, np.linspace(0, 10, 50)

def picture(code, show):
    draws = []
    Figure.draw = lambda figure, renderer: draws.append(figure) or draw(figure, renderer)
    try:
        exec(code)
        return show(plt.gcf()), len(draws)
    finally:
        Figure.draw = draw
        plt.close("all")

def seen(png):
    image = Image.open(io.BytesIO(png))
    return image.size, image.mode, image.info, image.tobytes()

def compare(code):
    quick, draws = picture(code, pylabtools.print_figure)
    usual, _ = picture(code, pylabtools.print_figure.__wrapped__)
    return "same" if seen(quick) == seen(usual) else "another", draws`,
  );
});
afterAll(() => sandbox.close());

const compared = async (code: string): Promise<string | undefined> =>
  (await run(python, `compare(${JSON.stringify(code)})`)).value;

test.each([
  ['bars', 'plt.bar(["a", "b", "c"], [1, 2, 3])'],
  ['lines with a long title', 'plt.plot(x, np.sin(x)); plt.title("title " * 20); plt.ylabel("y")'],
  ['points', 'plt.scatter(x, x, c=x, s=20 * x)'],
  ['a histogram', 'plt.hist(np.sin(x), bins=20)'],
  ['a pie', 'plt.pie([1, 2], labels=["one", "another"])'],
  ['an image', 'plt.imshow(np.eye(5))'],
  ['dates', 'plt.plot(pd.date_range("2024-01-01", periods=50), x); plt.gcf().autofmt_xdate()'],
  ['logarithms', 'plt.loglog(x + 1, np.exp(x)); plt.grid()'],
  ['an offset', 'plt.plot(x + 1e9, x * 1e-9)'],
  ['two scales', 'plt.plot(x, x); plt.twinx().plot(x, x ** 3); plt.gca().set_aspect(0.01)'],
  [
    'rotated labels',
    'plt.bar([f"label {n}" for n in range(9)], range(9)); plt.xticks(rotation=60, ha="right")',
  ],
  ['text outside', 'plt.plot(x, x); plt.text(12, 5, "outside"); plt.figtext(0.5, -0.2, "below")'],
  [
    'several axes',
    'f, axes = plt.subplots(2, 2); axes[0, 0].set_ylabel("y"); f.align_labels(); f.suptitle("all")',
  ],
  ['areas', 'plt.fill_between(x, x, x ** 2); plt.axvspan(2, 3)'],
  ['a legend beside it', 'plt.plot(x, x, label="x"); plt.legend(loc="upper left", bbox_to_anchor=(1, 1))'],
  [
    'text by the data of other axes',
    'f, (a, b) = plt.subplots(1, 2); b.plot(x, x ** 2); f.text(12, 150, "beside", transform=b.transData)',
  ],
  ['a table', 'plt.plot(x, x); plt.table([["1", "2"]], loc="bottom")'],
  ["pandas' bars", 'pd.DataFrame({"a": [1, 2]}, index=["one", "two"]).plot.bar()'],
])('draws %s once, and the picture is the usual one', async (_what, code) => {
  expect(await compared(code)).toBe("('same', 1)");
});

test.each([
  ['an annotation', 'plt.plot(x, x); plt.annotate("top", (10, 10), xytext=(12, 14), arrowprops={})'],
  [
    'a line from axes to axes',
    `from matplotlib.patches import ConnectionPatch
f, (a, b) = plt.subplots(1, 2)
a.plot(x, x)
b.plot(x, x)
f.add_artist(ConnectionPatch((5, 5), (2, 2), "data", "data", axesA=a, axesB=b))`,
  ],
  ['a colour bar', 'plt.imshow(np.eye(5)); plt.colorbar()'],
  ['a layout', 'plt.subplots(2, 2, layout="constrained")'],
  ['polar axes', 'plt.polar(x, x)'],
  ['axes within axes', 'plt.gca().inset_axes([0.6, 0.1, 0.3, 0.3])'],
  [
    'an artist of the user’s own',
    `from matplotlib.text import Text
class Moves(Text):
    def draw(self, renderer):
        self.set_x(2)
        super().draw(renderer)
plt.gca().add_artist(Moves(0, 0.5, "moves"))`,
  ],
])('draws %s as ever', async (_what, code) => {
  expect(await compared(code)).toBe("('same', 2)");
});

test('tells of an error in the drawing where it is, with the line of the cell', async () => {
  const ran = await run(
    python,
    'plt.plot([1, 2])\nplt.gca().yaxis.set_major_formatter(lambda value, at: 1 / 0);',
  );
  const text = withoutColours(ran.text);
  expect(text).toContain('ZeroDivisionError: division by zero');
  expect(text).toContain('lambda value, at: 1 / 0');
});
