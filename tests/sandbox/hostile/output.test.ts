import { expect, test } from '@jest/globals';
import type { PythonSession } from '@worldline/sandbox';
import { failure, run } from '../sandbox.js';
import { besideNeighbour } from './besideNeighbour.js';

let python: PythonSession;
besideNeighbour((session) => {
  python = session;
});

test('without end is cut, and the text is kept as a file up to a limit', async () => {
  const ran = await run(python, 'line = "x" * 99\nfor _ in range(1_500_000): print(line)');
  expect(failure(ran)).toBe('ok');
  expect(ran.text.length).toBe(10 * 1024 * 1024);
  expect(ran.notices[0]).toMatch(
    /^Output is cut after 10 MB; cell-\d+-output\.txt gets all of it, up to 100 MB\.$/,
  );
  expect(ran.notices[1]).toMatch(/has the first 100 MB of 143 MB/);
  const [artifact] = ran.result.artifacts;
  expect(artifact).toMatchObject({ type: 'file', bytes: 100 * 1024 * 1024 });
  await run(python, `import os; os.unlink("${String(artifact?.path)}")`);
});

test('of one line of 50 MB is cut as well', async () => {
  const ran = await run(python, 'print("é" * 25_000_000)');
  expect(ran.text).toBe('é'.repeat(5 * 1024 * 1024));
  expect(ran.result.artifacts[0]?.bytes).toBe(50_000_001);
  await run(python, `import os; os.unlink("${String(ran.result.artifacts[0]?.path)}")`);
});

test('of more displays than are shown costs no more', async () => {
  const ran = await run(
    python,
    'class Shown:\n    count = 0\n    def _repr_html_(self):\n        Shown.count += 1\n        return "x"\nfrom IPython.display import display\nfor _ in range(100_000): display(Shown())',
  );
  expect(failure(ran)).toBe('ok');
  expect(ran.notices).toEqual(['More than 2,000 displays, or 128 MB of them: the rest is left out.']);
  expect(ran.events.filter(({ type }) => type === 'display')).toHaveLength(2000);
  expect((await run(python, 'Shown.count')).value).toBe('2001');
});

test('that is not UTF-8 becomes text, from any descriptor', async () => {
  const ran = await run(
    python,
    'import os\nos.write(1, b"a\\xff\\xc3")\nos.write(2, b"\\x80b")\nprint("\\ud800")',
  );
  expect(ran.text).toContain('a\ufffd\ufffd');
  expect(ran.text).toContain('\ufffdb');
});

test('to closed or replaced streams does not stop the next cell', async () => {
  await run(python, 'import os, sys\nos.close(0); os.close(1); os.close(2)\nsys.stdout = sys.stderr = None');
  expect((await run(python, 'print("here"); import os; os.system("echo there")')).text).toBe('here\nthere\n');
  await run(
    python,
    'import sys\nclass Loud:\n    def write(self, text): raise OSError\nsys.stdout = Loud()\nsys.__stdout__ = None',
  );
  expect((await run(python, 'print("again")')).text).toBe('again\n');
});

test('of a cell that closes every descriptor ends that process only', async () => {
  const ran = await run(python, 'import os\nos.closerange(0, 4000)');
  expect(failure(ran)).toMatch(/^ProcessDied: /);
});

test('ends at once, whatever it ends of: what it printed last is shown, and once', async () => {
  const print =
    'import sys\nfor n in range(3): print("line é", n); print("err", n, file=sys.stderr)\nprint("x" * 100_000, flush=True)\nprint("last", end="")\n';
  const ends = [
    'import ctypes\nctypes.string_at(0)',
    'import os\nos._exit(0)',
    'import os\nos.kill(os.getpid(), 9)',
  ];
  for (const end of ends) {
    const ran = await run(python, print + end);
    expect(failure(ran)).toMatch(/^ProcessDied/);
    expect(ran.text).toBe(
      `${[0, 1, 2].map((n) => `line é ${n}\nerr ${n}\n`).join('')}${'x'.repeat(100_000)}\nlast`,
    );
  }
});
