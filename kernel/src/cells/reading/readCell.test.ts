import { expect, test } from '@jest/globals';
import { readCell } from './readCell.js';

test.each([
  ['%matplotlib inline\nx = 1', [], '%matplotlib inline\nx = 1'],
  ['%tables\n%%timeit\nx', ['tables'], '%%timeit\nx'],
  [
    '%load a.csv\n# why\n%load_ext autoreload\n%autoreload 2',
    ['load'],
    '%load_ext autoreload\n%autoreload 2',
  ],
  ['%mprun -f f f()', [], '%mprun -f f f()'],
  ["%config InlineBackend.figure_format = 'retina'", [], "%config InlineBackend.figure_format = 'retina'"],
  ['%config rows 5\n1', ['config'], '1'],
  ['%pip install x', [], '%pip install x'],
  ['%sql select 1\nx = 1', [], '%sql select 1\nx = 1'],
  ['%sql select 1\n%tables', ['sql', 'tables'], undefined],
  ['%tabels', ['tabels'], undefined],
  ['%sqlcmd tables', ['sqlcmd'], undefined],
])('where plain cells are Python: %j', (code, magics, text) => {
  const read = readCell(code, 'python');
  expect(read.magics.map(({ name }) => name)).toEqual(magics);
  expect(read.body ?? {}).toMatchObject(text === undefined ? {} : { form: 'plain', text });
});

test('elsewhere a magic of Python is a line magic as any other, and refused with what to do', () => {
  expect(readCell('%matplotlib inline', 'ask').magics).toHaveLength(1);
  expect(readCell('%%timeit\nx', 'sql').body).toMatchObject({ form: 'magic', name: 'timeit' });
});
