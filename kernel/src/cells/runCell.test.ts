import { describe, expect, test } from '@jest/globals';
import { parseCell } from './reading/parse.js';
import { planCell } from './runCell.js';

describe('a slip is told before anything runs', () => {
  test.each([
    ['%branch a b', '%branch does not know what to do with "b".', 'Quotes'],
    ['%laod x.csv', 'There is no magic %laod.', '%load'],
    ['%sqll select 1', 'There is no magic %sqll.', '%sql'],
    ['%pyton', 'There is no magic %pyton.', '%%python'],
    ['%%sqll\nselect 1', 'There is no magic %%sqll.', '%%sql'],
    ['%python 1 + 1', '%python is a cell magic.', '%%python'],
    ['%sql select *\nfrom t', '%sql takes the SQL of one line, and there is more below it.', '%%sql'],
    ['df = %sql select 1', 'df = %sql is Python, and this is no Python cell.', '%sql df <<'],
    ['%%tables', '%%tables is a line magic.', '%tables'],
    ['%load_ext sql', 'SQL needs no extension: %%sql runs it.', '%%python'],
    ['%timeit f()', 'timeit is a magic of IPython, for Python cells.', '%%python'],
    ['%%time\nf()', 'time is a magic of IPython, for Python cells.', '%%python'],
    ['%pip install xgboost', 'The sandbox has no network, so %pip cannot install there.', '--with-packages'],
    ['!ls', 'Commands of a shell belong into a Python cell; they run in the sandbox.', '%%python'],
  ])('%s', (code, message, hint) => {
    expect(() => planCell(parseCell(code), 'ask')).toThrow(
      expect.objectContaining({ message, hint: expect.stringContaining(hint) }),
    );
  });

  test('SQL on a line makes the cell one of SQL, but not one of Python', () => {
    expect(planCell(parseCell('%tables\n%sql select 1'), 'ask').kind).toBe('sql');
    expect(planCell(parseCell('%sql select 1\n%load x.csv'), 'ask').kind).toBe('sql');
    expect(planCell(parseCell('%sql select 1\n%%python\n1'), 'ask').kind).toBe('python');
    expect(planCell(parseCell('df = %sql select 1'), 'python').kind).toBe('python');
  });

  test('where plain cells are Python, a command of a shell is one of its lines', () => {
    expect(planCell(parseCell('!ls'), 'python').kind).toBe('python');
  });
});
