import { expect, test } from '@jest/globals';
import { framesOf } from './crash.js';

const SITE = '/opt/python/lib/python3.11/site-packages';
const RUNNER = `  File "${SITE}/IPython/core/interactiveshell.py", line 3823 in run_code
  File "${SITE}/IPython/core/interactiveshell.py", line 3762 in run_ast_nodes
  File "/opt/worldline/worldline_runner/worker.py", line 134 in _execute
`;
const CELL = { label: 'Cell [7]', code: 'def inner():\n    ctypes.string_at(0)\ninner()' };

function shown(crash: string): string[] {
  // eslint-disable-next-line no-control-regex -- the escape character begins every colour
  return framesOf(crash, CELL).map((line) => line.replace(/\u001b\[[0-9;]*m/g, ''));
}

test('the frames of the cell are shown with their lines, outermost first, and none of the runner', () => {
  const crash = `Fatal Python error: Segmentation fault

Thread 0x00007f724b7fe6c0 (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 324 in wait
  File "/opt/worldline/worldline_runner/streams.py", line 97 in _run

Current thread 0x00007f7261a9d2c0 (most recent call first):
  File "/usr/lib/python3.11/ctypes/__init__.py", line 519 in string_at
  File "<Cell [7]>", line 2 in inner
  File "<Cell [3] #2>", line 9 in earlier
  File "<Cell [7]>", line 3 in <module>
${RUNNER}
Extension modules: numpy._core._multiarray_umath, pandas._libs.lib (total: 2)
`;
  expect(shown(crash)).toEqual([
    'Cell [7], line 3',
    '----> 3 inner()',
    'Cell [3], line 9, in earlier',
    'Cell [7], line 2, in inner',
    '----> 2 ctypes.string_at(0)',
    'File /usr/lib/python3.11/ctypes/__init__.py:519, in string_at',
  ]);
});

test('of a value that crashes while it is shown, the frames between are left out', () => {
  const crash = `Current thread 0x01 (most recent call first):
  File "<Cell [3]>", line 2 in __repr__
  File "${SITE}/IPython/core/formatters.py", line 770 in __call__
  File "/opt/worldline/worldline_runner/shell.py", line 138 in format
  File "${SITE}/IPython/core/displayhook.py", line 162 in compute_format_data
  File "<Cell [7]>", line 3 in <module>
${RUNNER}`;
  expect(shown(crash)).toEqual(['Cell [7], line 3', '----> 3 inner()', 'Cell [3], line 2, in __repr__']);
});

test('of a crash that crashes on its way out, the first account is taken', () => {
  const first = `Fatal Python error: Bus error\n\nCurrent thread 0x01 (most recent call first):\n  File "<Cell [7]>", line 3 in <module>\n${RUNNER}`;
  expect(shown(`${first}\n${first.replace('line 3', 'line 1')}`)).toEqual([
    'Cell [7], line 3',
    '----> 3 inner()',
  ]);
});

test('of a deep recursion the innermost frames are shown', () => {
  const frames = '  File "<Cell [7]>", line 2 in inner\n'.repeat(100);
  const lines = shown(`Current thread 0x01 (most recent call first):\n${frames}  ...\n`);
  expect(lines[0]).toBe('    [... 70 more frames]');
  expect(lines).toHaveLength(61);
});

test('nothing is made of what is no account', () => {
  expect(shown('')).toEqual([]);
  expect(
    shown('Fatal Python error: Aborted\n\nThread 0x01 (most recent call first):\n  File "x", line 1 in y\n'),
  ).toEqual([]);
  expect(shown('Current thread 0x01 (most recent call first):\n  <no Python frame>\n')).toEqual([]);
});
