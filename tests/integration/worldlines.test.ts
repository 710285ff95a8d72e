import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { frontEnd } from './frontEnd.js';
import { dataOf, errorOf, resultOf, rowsOf, shown, withKernel } from './withKernel.js';

const SETUP = [
  '%%sql create table t as select range as i from range(10)',
  '%%python\nimport numpy as np\nx = [1, 2]; y = x; a = np.arange(300_000)\n_ = open("note.txt", "w").write("first")',
];

test('a branch carries tables, files and variables, and keeps its own', () =>
  withKernel(async ({ kernel }) => {
    for (const code of SETUP) expect((await kernel.execute(code)).status).toBe('ok');
    expect((await kernel.execute('%branch other')).stdout).toContain('other');
    await kernel.execute('%%sql delete from t where i > 4');
    const changed = await kernel.execute(
      '%%python\nx.append(9); a[0] = 7\n_ = open("note.txt", "w").write("second")\nprint(x is y, len(a))',
    );
    expect(errorOrOutput(changed)).toBe('True 300000\n');
    await kernel.execute('%switch main');
    const there = await kernel.execute('%%python\nprint(x, y, a[0], open("note.txt").read())');
    expect(errorOrOutput(there)).toBe('[1, 2] [1, 2] 0 first\n');
    expect(resultOf(await kernel.execute('%%sql select count(*) n from t'))).toContain('10');
    const compared = shown(await kernel.execute('%compare other'));
    expect(compared).toMatch(/table\s+t\s+5 rows × 1\s+10 rows × 1/);
    expect(compared).toContain('note.txt');
    await kernel.execute('%switch other');
    const back = await kernel.execute('%%python\nprint(x, y, a[0], open("note.txt").read())');
    expect(errorOrOutput(back)).toBe('[1, 2, 9] [1, 2, 9] 7 second\n');
    expect(resultOf(await kernel.execute('%%sql select count(*) n from t'))).toContain('5');
  }));

test('a comparison shows a variable that holds something else in the same shape, and none that was only read', () =>
  withKernel(async (notebook) => {
    const { kernel } = notebook;
    const made = await kernel.execute(`%%python
import numpy as np, pandas as pd
frame = pd.DataFrame({"x": range(1000), "s": "row"}); array = np.zeros(500_000); numbers = list(range(100)); words = {"a", "b", "c"}
kept = pd.DataFrame({"x": np.arange(100_000.), "s": "row"}); same = [[1], {"k": {2, 3}}]; grown = [1]; retyped = 1`);
    expect(errorOrOutput(made)).toBe('');
    await kernel.execute('%branch other');
    await kernel.execute(`%%python
frame.loc[900, "x"] = -1; array[400_000] = 1; numbers[50] = 0; words.add("d"); words.discard("a"); grown.append(2); retyped = "1"
kept.describe(); kept.sort_values("x"); same == []`);
    const changes = (text: string): string[] =>
      [...text.matchAll(/variable +(\w+)/g)].map(([, name]) => name ?? '').sort();
    const changed = ['array', 'frame', 'grown', 'numbers', 'retyped', 'words'];
    const compared = shown(await kernel.execute('%compare main other'));
    expect(changes(compared)).toEqual(changed);
    expect(compared).toMatch(
      /frame +DataFrame \(1000, 2\): x, s +DataFrame \(1000, 2\): x, s \(contents differ\)/,
    );
    const later = await notebook.restart();
    await later.execute('%resume main');
    await later.execute('%resume other');
    expect(errorOrOutput(await later.execute('%%python\nnumbers[50] = 50; extra = kept.sum()'))).toBe('');
    const there = shown(await later.execute('%compare main other'));
    expect(changes(there)).toEqual(['array', 'extra', 'frame', 'grown', 'retyped', 'words']);
  }));

test('variables are kept where the store lies in a notebook folder that is closed to others', () =>
  withKernel(async (notebook) => {
    chmodSync(notebook.folder, 0o700);
    const kernel = await notebook.restart({ WORLDLINE_HOME: join(notebook.folder, 'home') });
    await kernel.execute(
      '%%python\nimport numpy as np; array = np.arange(3_000_000.)\nclass C: n = 1\nc = C()',
    );
    await kernel.execute('%branch other');
    const changed = await kernel.execute('%%python\narray[5] = -1; c.n = 2');
    expect([changed.status, changed.stderr]).toEqual(['ok', '']);
    expect((await kernel.execute('%switch main')).stderr).toBe('');
    expect(errorOrOutput(await kernel.execute('%%python\nprint(array[5], c.n)'))).toBe('5.0 1\n');
  }));

test('undo takes back cells one by one, whatever they changed', () =>
  withKernel(async ({ kernel }) => {
    for (const code of SETUP) await kernel.execute(code);
    await kernel.execute('%%python\nx.append(3); del y');
    await kernel.execute('%%sql drop table t');
    expect((await kernel.execute('%undo')).stdout).toContain('main is back at cell [3]');
    expect(resultOf(await kernel.execute('%%sql select count(*) n from t'))).toContain('10');
    await kernel.execute('%undo 2');
    expect(errorOrOutput(await kernel.execute('%%python\nprint(x, y, x is y)'))).toBe('[1, 2] [1, 2] True\n');
  }));

test('a later kernel resumes where an earlier one stopped, and both go on', () =>
  withKernel(async (notebook) => {
    for (const code of SETUP) await notebook.kernel.execute(code);
    const later = await notebook.restart();
    expect(shown(await later.execute('%tables'))).toContain('no tables yet');
    expect((await later.execute('%resume')).status).toBe('ok');
    const there = await later.execute('%%python\nprint(x, y is x, a.sum(), open("note.txt").read())');
    expect(errorOrOutput(there)).toBe('[1, 2] True 44999850000 first\n');
    expect(resultOf(await later.execute('%%sql select count(*) n from t'))).toContain('10');
    await later.execute('%%python\nx.append(5)');
    await later.execute('%undo');
    const undone = await later.execute('%%python\nprint(x)');
    expect(undone.stderr).toBe('');
    expect(errorOrOutput(undone)).toBe('[1, 2]\n');
  }));

test('the first cell of a later kernel tells of earlier worldlines, unless it resumes one', () =>
  withKernel(async ({ kernel, restart }) => {
    const atTerminal = { answer: () => '' };
    await kernel.execute('%%sql create table t as select 1');
    expect((await (await restart()).execute('%tables', atTerminal)).stderr).toContain('%resume goes on');
    const resumed = await (await restart()).execute('%resume', atTerminal);
    expect([resumed.status, resumed.stderr]).toEqual(['ok', '']);
  }));

test('adopt takes over another worldline, delete can be undone, names are checked', () =>
  withKernel(async ({ kernel }) => {
    for (const code of SETUP) await kernel.execute(code);
    await kernel.execute('%branch idea');
    await kernel.execute('%%python\nx.append(9)');
    expect(errorOf(await kernel.execute('%branch main'))).toContain('main');
    await kernel.execute('%switch main');
    await kernel.execute('%adopt idea');
    expect(shown(await kernel.execute('%adopt idea'))).toContain('nothing to adopt');
    expect(errorOrOutput(await kernel.execute('%%python\nprint(x)'))).toBe('[1, 2, 9]\n');
    await kernel.execute('%rename idea tried');
    await kernel.execute('%delete tried');
    expect(shown(await kernel.execute('%worldlines'))).not.toContain('tried');
    await kernel.execute('%resume tried');
    expect(errorOrOutput(await kernel.execute('%%python\nprint(x)'))).toBe('[1, 2, 9]\n');
  }));

function errorOrOutput(cell: Parameters<typeof errorOf>[0]): string {
  return cell.status === 'ok' ? cell.stdout : errorOf(cell);
}

test('what a cell committed is kept where it then reads a file beside the notebook, or runs CHECKPOINT', () =>
  withKernel(async ({ kernel, folder, restart }) => {
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'sub', 'x.csv'), 'a\n1\n');
    await kernel.execute("%%sql create table t as select 1 as i; from 'sub/x.csv'");
    await kernel.execute('%branch idea');
    expect(rowsOf(await kernel.execute('%%sql from t'))).toEqual([['1']]);
    await kernel.execute('%%sql insert into t values (2); checkpoint');
    const again = await restart();
    await again.execute('%resume');
    expect(rowsOf(await again.execute('%%sql from t order by i'))).toEqual([['1'], ['2']]);
  }));

test('a mistake in a magic of worldlines is told of with what to type', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute('%%sql create table t as select 1 as a');
    await kernel.execute('%branch idea');
    for (const [code, message] of [
      ['%undo 3', 'Only 1 cell can be undone: %undo goes back'],
      ['%compare idea', 'idea is the same as itself: name another'],
      ['%worldlines --older-than 3', '%worldlines --gc --older-than'],
      ['%branch Main', 'differs from it only in case'],
      ['%delete idea', 'Switch to another one'],
      ['%import nowhere.ipynb', 'there is no such file'],
    ] as const)
      expect(errorOf(await kernel.execute(code))).toContain(message);
  }));

test('rows that only one of two worldlines has can be seen', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute('%%sql create table t as select range as i from range(3)');
    await kernel.execute('%branch other');
    await kernel.execute('%%sql insert into t values (77)');
    const cell = await kernel.execute('%compare main other --rows t');
    expect(shown(cell)).toMatch(/that only main has:\s+i\s[^7]*0 rows[^]*that only other has:\s+i\s[^]*77/);
    expect(cell.status).toBe('ok');
    await kernel.execute('%%sql create table mine as select 5 as n');
    const mine = shown(await kernel.execute('%compare main other --rows mine'));
    expect(mine).toMatch(/that only main has:\s+n\s[^5]*0 rows[^]*that only other has:\s+n\s[^]*5\s+\(1 row/);
    expect(mine).not.toContain('Not compared');
    await kernel.execute(
      '%%sql alter table t add column note varchar; alter table t add column "By Whom" varchar',
    );
    const wider = shown(await kernel.execute('%compare main other --rows t'));
    expect(wider).toMatch(/Not compared: the columns note, By Whom, which only other has\.\n$/);
    const nowhere = errorOf(await kernel.execute('%compare main other --rows nowhere'));
    expect(nowhere).toMatch(/Neither of the two has a table nowhere\.[^]*%compare shows/);
  }));

test('rows are compared with a worldline in which no SQL has run', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute('%branch other');
    await kernel.execute('%%sql create table t as select 77 as i');
    expect(shown(await kernel.execute('%compare main other --rows t'))).toMatch(/only other has:[^]*77/);
  }));

test('a variable that no branch can have is no difference; one that was made since the fork is', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute('%%python\nimport threading\nlock = threading.Lock(); other = threading.Lock()');
    await kernel.execute('%branch idea');
    await kernel.execute('%%python\nother = 1; later = threading.Lock()');
    const compared = shown(await kernel.execute('%compare main idea'));
    expect(compared).toMatch(/variable +later[^]*variable +other/);
    expect(compared).not.toMatch(/^variable +lock /m);
  }));

test('a cell that a restart stops is a checkpoint like any that was interrupted', () =>
  withKernel(async ({ kernel, restart }) => {
    await kernel.execute('%%python\nx = 1');
    const printed = kernel.next(
      ({ type, content }) => type === 'stream' && String(content['text']).startsWith('on'),
    );
    const stopped = kernel.execute('%%python\nimport time; x = 2; print("on"); time.sleep(600)');
    await printed;
    const [again] = await Promise.all([restart(), stopped]);
    await again.execute('%resume');
    expect((await again.execute('%%python\nprint(x)')).stdout).toBe('2\n');
  }));

test('a cell that does not let itself be stopped is kept as far as it had come', () =>
  withKernel(async ({ kernel, restart }) => {
    await kernel.execute('%%python\nx = 1');
    const printed = kernel.next(
      ({ type, content }) => type === 'stream' && String(content['text']).includes('on'),
    );
    const stubborn = `%%python
import time
x = 2; _ = open("made.txt", "w").write("made"); print("on", flush=True)
while True:
    try: time.sleep(600)
    except BaseException: pass`;
    // Its reply may not come any more.
    kernel.execute(stubborn).catch(() => undefined);
    await printed;
    const again = await restart();
    expect((await again.execute('%resume')).stderr).toBe('');
    const { ask } = await frontEnd(again);
    const { cells } = await ask('cells', { of: 'main' });
    expect(cells.map(({ source, status }) => [source, status])).toEqual([
      ['%%python\nx = 1', 'ok'],
      [stubborn, 'interrupted'],
    ]);
    expect(JSON.stringify(cells[1]?.outputs)).toMatch(/on\\n.*The kernel ended before this cell did/);
    expect((await again.execute('%%python\nprint(x, open("made.txt").read())')).stdout).toBe('1 made\n');
  }));

test('SQL that a restart cuts off leaves what its earlier statements committed, and nothing of a transaction', () =>
  withKernel(async ({ kernel, restart }) => {
    await kernel.execute('%%sql create table t as select 1 as i');
    const said = kernel.next(({ content }) => dataOf(content, 'text/plain').includes('committed'));
    // DuckDB does not look for interrupts while it makes this text.
    const deaf = "select length(repeat('x', 1900000000))";
    const code = `%%sql insert into t values (2); begin; insert into t values (3); select 'committed' as said; select 3; ${deaf}; commit`;
    kernel.execute(code).catch(() => undefined);
    await said;
    const again = await restart();
    expect((await again.execute('%resume')).stderr).toBe('');
    expect(rowsOf(await again.execute('%%sql from t order by i'))).toEqual([['1'], ['2']]);
    const { ask } = await frontEnd(again);
    const { cells } = await ask('cells', { of: 'main' });
    expect(cells.map(({ status }) => status)).toEqual(['ok', 'interrupted', 'ok']);
  }));

test('where a newer version keeps the worldlines of a notebook, resuming them says so, and where they are', () =>
  withKernel(async ({ kernel, home, restart }) => {
    await kernel.execute('%%sql create table t as select 1 as i');
    const [store = ''] = readdirSync(join(home, 'notebooks'));
    const about = join(home, 'notebooks', store, 'store.json');
    writeFileSync(about, JSON.stringify({ format: 99 }));
    const older = await restart();
    await older.execute('%%sql create table meanwhile as select 2 as i');
    for (const code of ['%resume', '%resume idea', '%branch b --from idea', '%switch idea']) {
      const said = errorOf(await older.execute(code));
      expect(said).toContain(join(home, 'notebooks', store));
      expect(said).toMatch(/written by a newer Worldline \(format 99\).*: update Worldline/);
    }
    const again = await restart();
    expect((await again.execute('%resume')).status).toBe('ok');
    expect(rowsOf(await again.execute('%%sql from meanwhile'))).toEqual([['2']]);
  }));

test('Tab offers worldlines where one is named, and none for a name that is to be new', () =>
  withKernel(async ({ kernel }) => {
    const offered = async (code: string): Promise<unknown> => (await kernel.complete(code))['matches'];
    expect(await offered('%rename ')).toEqual(['main']);
    expect(await offered('%rename main ')).toEqual([]);
    expect(await offered('%rename main m')).toEqual([]);
    expect(await offered('%import theirs.ipynb as ')).toEqual([]);
    expect(await offered('%import theirs.ipynb as m')).toEqual([]);
  }));

test('what is attached or temporary is no difference of two worldlines, and keeps none from being compared', () =>
  withKernel(async ({ kernel, folder }) => {
    const other = await DuckDBInstance.create(join(folder, 'shop.duckdb'));
    const connection = await other.connect();
    await connection.run('create table orders as select 1 as id');
    connection.closeSync();
    other.closeSync();
    await kernel.execute('%%sql create table t as select 1 as a');
    for (const name of ['one', 'two']) {
      await kernel.execute(`%branch ${name} --from main`);
      expect((await kernel.execute('%attach shop.duckdb as shop')).status).toBe('ok');
      await kernel.execute('%%sql create temp table here as select 1 as x; insert into t values (2)');
    }
    await kernel.execute('%%sql insert into t values (4)');
    const compared = shown(await kernel.execute('%compare one two'));
    expect([...compared.matchAll(/^ *table +(\S+)/gm)].map(([, name]) => name)).toEqual(['t']);
  }));
