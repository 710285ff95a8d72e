import { expect, test } from '@jest/globals';
import type { Execution } from '../support/KernelClient.js';
import { errorOf, resultOf, shown, textOf, withKernel } from './withKernel.js';

test('Python keeps its variables, streams, and shows rich results', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute('%%python\nimport pandas as pd\ndf = pd.DataFrame({"a": [1, 2], "b": ["x", None]})');
    const cell = await kernel.execute(
      '%%python\nimport sys\nprint("out"); print("err", file=sys.stderr)\ndf',
    );
    expect(cell.stdout).toBe('out\n');
    expect(cell.stderr).toBe('err\n');
    expect((cell.result?.['data'] as Record<string, unknown>)['text/html']).toContain('<table');
    const figure = await kernel.execute('%%python\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);');
    expect(picturesOf(figure)).toHaveLength(1);
  }));

test("where plain cells are Python, so are IPython's magics, and Shift-Tab is Python's", () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute('%default python');
    await kernel.execute('import math\ndata = [1, 2]');
    const timed = await kernel.execute('# How long?\n%%timeit -n 1 -r 1\nsum(data)');
    expect(timed.stdout).toContain('per loop');
    expect((await kernel.execute('%tables\n%matplotlib inline\nprint(len(data))')).stdout).toContain('\n2\n');
    const retina = await kernel.execute("%config InlineBackend.figure_format = 'retina'");
    expect(retina.status).toBe('ok');
    expect(errorOf(await kernel.execute('%tabels'))).toContain('Did you mean %tables?');
    expect(errorOf(await kernel.execute('%load_ext sql'))).toContain('SQL needs no extension');
    expect(JSON.stringify(await kernel.inspect('math.sqrt', 9))).toContain('square root');
    expect((await kernel.execute('%sql select 41 + 1 as n\nprint("on")')).stdout).toContain('on');
    await kernel.execute('%default ask');
    expect(errorOf(await kernel.execute('%config InlineBackend.rc = {}'))).toContain('a setting of IPython');
  }));

test('an error points into the cell', () =>
  withKernel(async ({ kernel }) => {
    const cell = await kernel.execute('%%python\nx = 1\nraise ValueError("no good")');
    expect(cell.reply.content['ename']).toBe('ValueError');
    expect(errorOf(cell)).toContain('Cell [1]');
    expect(errorOf(cell)).toContain('line 2');
  }));

test('tables and DataFrames go both ways, types kept', () =>
  withKernel(async ({ kernel }) => {
    const given = await kernel.execute(
      "%%sql t <<\nselect 1::int as i, 1.50::decimal(9,2) as d, date '2024-02-29' as day, [1, 2] as list",
    );
    expect(given.stdout).toContain('Python has it as t');
    const types = await kernel.execute(
      '%%python\nprint(t["d"].iloc[0], t["day"].iloc[0], list(t["list"].iloc[0]))',
    );
    expect(types.stdout).toContain('1.50 2024-02-29');
    await kernel.execute(
      '%%python\nframe = sql("select range as n from range(5)")\nframe["twice"] = frame["n"] * 2',
    );
    expect(resultOf(await kernel.execute('%%sql select sum(twice) s from frame'))).toContain('20');
    await kernel.execute('%%python\nframe["twice"] = 1');
    expect(resultOf(await kernel.execute('%%sql select sum(twice) s from frame'))).toContain('5');
    const missing = await kernel.execute('%%sql from nothing_of_that_name');
    expect(errorOf(missing)).toContain('nothing_of_that_name');
  }));

test('sql("…") sees the frames that the code sees, as they are, of every library, and says what is none', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute('%%sql create table numbers as select 1 as n');
    const seen = await kernel.execute(`%%python
import os
import pandas as pd, pyarrow as pa
os.chdir("/tmp")
df = pd.DataFrame({"a": [1, 2]})
numbers = pd.DataFrame({"n": [7]})
arrow = pa.table({"s": ["x", None]})
class Foreign:
    shape = (2, 1)
    def __arrow_c_stream__(self, requested_schema=None):
        return arrow.cast(pa.schema([("s", pa.string_view())])).__arrow_c_stream__()
other = Foreign()
def inside():
    local = pd.DataFrame({"b": [10]})
    return int(sql("select sum(a + b) s from df, local").s[0])
print(inside())
df.loc[0, "a"] = 100
print(inside(), int(sql("from numbers").n[0]), len(sql("from arrow, other")))`);
    expect(seen.stdout).toBe('23\n122 1 4\n');
    expect(resultOf(await kernel.execute('%%sql select sum(a) s from df'))).toContain('102');
    expect(shown(await kernel.execute('%describe df'))).toMatch(/a\s+BIGINT\s+0\s+2\s+2\s+100/);
    const offered = async (sql: string, at: number): Promise<unknown> =>
      (await kernel.complete(`%%sql\n${sql}`, at + '%%sql\n'.length))['matches'];
    expect(await offered('from arr', 8)).toEqual(['arrow']);
    expect(await offered('select arrow. from arrow', 13)).toEqual(['s']);
    expect(await offered('select o. from other o', 9)).toEqual([]);
    expect(await offered('select df. from df', 10)).toEqual(['a']);
    await kernel.execute('%%python\ndf["Total price"] = 1');
    expect(await offered('select tot from df', 10)).toEqual(['"Total price"']);
    const gone = await kernel.execute('%%python\ndel df\nsql("from df")');
    expect(errorOf(gone)).toContain('There is no table, view or DataFrame named df.');
    expect(errorOf(gone)).not.toContain('channel.py');
    expect(errorOf(await kernel.execute('%%sql from df'))).toContain(
      'There is no table, view or DataFrame named df.',
    );
  }));

test('input() asks the front end where it may, and fails at once where it may not', () =>
  withKernel(async ({ kernel }) => {
    const asked = await kernel.execute('%%python\nname = input("Who? "); name', { answer: () => 'Ada' });
    expect(resultOf(asked)).toBe("'Ada'");
    const refused = await kernel.execute('%%python\ninput("Who? ")');
    expect(refused.status).toBe('error');
  }));

test('code that ignores the interrupt is killed, and told so', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute('%%python\nkept = 5');
    const cell = await kernel.execute(
      '%%python\nimport signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nprint("on", flush=True)\nwhile True: time.sleep(1)',
      {
        onMessage: ({ type, content }) => {
          if (type === 'stream' && String(content['text']).includes('on\n')) void kernel.interrupt();
        },
      },
    );
    expect(errorOf(cell)).toBe('Interrupted: The code ignored the interrupt, and was killed.');
    expect((await kernel.execute('%%python\nprint(kept)')).stdout).toBe('5\n');
  }));

test('an interrupt keeps the variables, a timeout too', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute('%%python\nkept = 41');
    const said = kernel.next(
      ({ type, content }) => type === 'stream' && String(content['text']).includes('go'),
    );
    const running = kernel.execute(
      '%%python\nimport time\nprint("go", flush=True)\nwhile True: time.sleep(0.01)',
    );
    await said;
    await kernel.interrupt();
    const cell = await running;
    expect(cell.status).toBe('error');
    expect(cell.reply.content['ename']).toBe('KeyboardInterrupt');
    const late = await kernel.execute('%%python --timeout 0.5\nwhile True: pass');
    expect(late.status).toBe('error');
    expect(resultOf(await kernel.execute('%%python\nkept + 1'))).toBe('42');
  }));

test('the file beside the notebook is read by name, hidden ones are not, and the host stays out of reach', () =>
  withKernel(
    async ({ kernel, folder }) => {
      const read = await kernel.execute(
        '%%python\nimport pandas as pd\nlen(pd.read_csv("seattle-weather.csv"))',
      );
      expect(resultOf(read)).toBe('1461');
      const write = await kernel.execute(`%%python\nopen(${JSON.stringify(`${folder}/x`)}, "w")`);
      expect(write.status).toBe('error');
      const network = await kernel.execute(
        '%%python\nimport socket\nsocket.create_connection(("1.1.1.1", 80), 2)',
      );
      expect(network.status).toBe('error');
    },
    { data: ['seattle-weather.csv'] },
  ));

test('files that a cell makes are shown: pictures in place, the rest by name and size', () =>
  withKernel(async ({ kernel }) => {
    const cell = await kernel.execute(
      '%%python\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])\nfig.savefig("chart.png")\nplt.close(fig)\n_ = open("notes.md", "w").write("hi")',
    );
    expect(shown(cell)).toContain('notes.md (md, 2 B)');
    expect(cell.outputs.map(textOf).join()).toContain('chart.png');
    expect(shown(await kernel.execute('%artifacts'))).toContain('notes.md');
  }));

test('a figure that is shown and saved as well is seen once, and its file named', () =>
  withKernel(async ({ kernel }) => {
    const cell = await kernel.execute(
      '%%python\nimport matplotlib.pyplot as plt\nplt.bar(["a", "b"], [1, 2])\nplt.savefig("chart.png")\nplt.show()',
    );
    expect(picturesOf(cell)).toHaveLength(1);
    expect(shown(cell)).toContain('chart.png (image,');
  }));

test('of two figures, one shown and one saved, both are seen; what was shown and saved is seen once, however', () =>
  withKernel(async ({ kernel }) => {
    const pictures = async (code: string) => picturesOf(await kernel.execute(`%%python\n${code}`)).length;
    const draw = 'import matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1, 2])\n';
    expect(
      await pictures(`${draw}fig.savefig("a.png")\nplt.close(fig)\nplt.bar(["b"], [2])\nplt.show()`),
    ).toBe(2);
    expect(await pictures(`${draw}display(fig)\nfig.savefig("c", format="jpg")\nplt.close(fig)`)).toBe(1);
    expect(await pictures(`${draw}fig.savefig("d.png")\nfig.savefig("e.png")`)).toBe(1);
    const image = 'from PIL import Image\nimage = Image.new("RGB", (9, 9), "red")\nimage.save("f.png")\n';
    expect(await pictures(`${image}image`)).toBe(1);
    expect(await pictures(`${image.replace('f.png', 'g.png')}plt.bar(["b"], [2])`)).toBe(2);
  }));

function picturesOf({ outputs }: Execution): readonly unknown[] {
  return outputs.filter(
    ({ content }) => (content['data'] as Record<string, unknown> | undefined)?.['image/png'] !== undefined,
  );
}
