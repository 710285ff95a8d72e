import { expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TABLE_MIME } from '../../kernel/src/contract.js';
import { dataOf, errorOf, resultOf, shown, textOf, withKernel } from './withKernel.js';

test('SQL shows tables as HTML, text and structured pages, with the true row count', () =>
  withKernel(async ({ kernel }) => {
    const cell = await kernel.execute(
      "%%sql select range as i, 'row ' || range as name, null as nothing, '' as blank from range(1234)",
    );
    const data = cell.result?.['data'] as Record<string, unknown>;
    expect(resultOf(cell)).toContain('1,234 rows × 4 columns, 50 shown');
    expect(resultOf(cell)).toContain('NULL');
    expect(data['text/html']).toContain('<em style="opacity:.5">NULL</em>');
    const page = data[TABLE_MIME] as {
      total: number;
      rows: (string | null)[][];
      columns: { type: string }[];
    };
    expect(page.total).toBe(1234);
    expect(page.rows).toHaveLength(50);
    expect(page.rows[0]).toEqual(['0', 'row 0', null, '']);
    expect(page.columns.map(({ type }) => type)).toEqual(['BIGINT', 'VARCHAR', 'INTEGER', 'VARCHAR']);
  }));

test('a notebook shows the first page at once, and the whole count in its place; others get one result', () =>
  withKernel(async ({ kernel }) => {
    const code = '%%sql --limit 2\nfrom range(3000000); select 1 as last';
    const live = await kernel.execute(code, { metadata: { cellId: 'c' } });
    // On a busy machine a bar of how far it is comes before them.
    const tables = live.outputs.filter((output) => textOf(output).includes('column'));
    expect(tables).toHaveLength(3);
    const [first, counted] = tables;
    expect(textOf(first)).toContain('the first 2 rows × 1 column, counting the others …');
    expect(textOf(counted)).toContain('3,000,000 rows × 1 column, 2 shown');
    expect(counted?.type).toBe('update_display_data');
    expect(counted?.content['transient']).toEqual(first?.content['transient']);
    const plain = await kernel.execute(code);
    expect(plain.outputs.map(({ type }) => type)).toEqual(['display_data', 'execute_result']);
    expect(shown(plain)).not.toContain('counting');
  }));

test('a first page stays where its count is interrupted, and says so', () =>
  withKernel(async ({ kernel }) => {
    const cell = await kernel.execute('%%sql --limit 2\nfrom range(100000000000)', {
      metadata: { cellId: 'c' },
      onMessage: ({ type }) => {
        if (type === 'display_data') void kernel.interrupt();
      },
    });
    expect(cell.reply.content['ename']).toBe('InterruptedError');
    const last = cell.outputs.findLast(({ type }) => type === 'update_display_data');
    expect(textOf(last)).toContain('the first 2 rows × 1 column, the others were not counted');
  }));

test('several statements run in order, and what comes before an error stays', () =>
  withKernel(async ({ kernel }) => {
    const cell = await kernel.execute(
      '%%sql\ncreate table t as select 1 a;\nselect * from t;\nselect nope from t',
    );
    expect(cell.status).toBe('error');
    expect(cell.stdout).toContain('Table t made');
    expect(errorOf(cell)).toContain('nope');
    expect(errorOf(cell)).toMatch(/4 │ select nope from t\n\s+▲/);
    const after = await kernel.execute('%%sql from t');
    expect(resultOf(after)).toContain('1 row × 1 column');
  }));

test('SQL of one line stands before other cells, gives its result to Python, and points at its errors', () =>
  withKernel(async ({ kernel }) => {
    const lines = await kernel.execute(
      '%sql create table t as select 7 as n\n%sql top << from t\n%sql --limit 1 from t',
    );
    expect(lines.status).toBe('ok');
    expect(lines.stdout).toContain('Table t made');
    expect(lines.stdout).toContain('Python has it as top');
    expect(resultOf(lines)).toContain('7');
    const python = await kernel.execute(
      '%sql insert into t values (8)\n%%python\nprint(top["n"][0], len(sql("from t")))',
    );
    expect(python.stdout).toContain('7 2');
    const taken = await kernel.execute(
      '%%python\nframe = %sql from t order by n\nprint(frame["n"].tolist())',
    );
    expect(taken.stdout).toBe('[7, 8]\n');
    const named = await kernel.execute("%%python\n%sql other << select {'a': 1} as s\nprint(other['s'][0])");
    expect(named.stdout).toContain("{'a': 1}");
    const wrong = await kernel.execute('%tables\n%sql select nope from t\n%tables');
    expect(errorOf(wrong)).toMatch(/2 │ %sql select nope from t\n\s+▲/);
    expect((await kernel.complete('%sql select * from t'))['matches']).toEqual(['t', 'top']);
    expect((await kernel.complete('%tables\n%sql select a.n from t a', 23))['matches']).toEqual(['n']);
  }));

test('values that could break a page are shown as text', () =>
  withKernel(async ({ kernel }) => {
    const cell = await kernel.execute('%%sql select \'<script>alert(1)</script>\' as "<b>x</b>"');
    const html = String((cell.result?.['data'] as Record<string, unknown>)['text/html']);
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('<b>x</b>');
    expect(html).toContain('&lt;script&gt;');
  }));

test('a file beside the notebook is loaded, described and read by name', () =>
  withKernel(
    async ({ kernel }) => {
      const loaded = await kernel.execute('%load seattle-weather.csv as weather');
      expect(loaded.stdout).toContain('Loaded 1,461 rows into weather');
      const again = await kernel.execute('%load seattle-weather.csv as weather');
      expect(errorOf(again)).toContain('--replace');
      expect(errorOf(again)).toContain('--append');
      expect((await kernel.execute('%load seattle-weather.csv as weather --append')).status).toBe('ok');
      expect(resultOf(await kernel.execute('%%sql select count(*) n from weather'))).toContain('2922');
      expect(shown(await kernel.execute('%describe weather'))).toMatch(/precipitation\s+DOUBLE\s+0/);
      expect(resultOf(await kernel.execute("%%sql select count(*) n from 'seattle-weather.csv'"))).toContain(
        '1461',
      );
    },
    { data: ['seattle-weather.csv'] },
  ));

test('%load says which way it read dates, and reads them the other way where that is asked', () =>
  withKernel(async ({ kernel, folder }) => {
    await writeFile(join(folder, 'days.csv'), 'd\n03/04/2024\n05/06/2024\n');
    const loaded = await kernel.execute('%load days.csv');
    expect(loaded.stdout).toContain(
      'd was read as day/month/year. Every value could also be meant as month/day/year (--dates mdy).',
    );
    await kernel.execute('%load days.csv --replace --dates mdy');
    expect(resultOf(await kernel.execute('%%sql from days'))).toContain('2024-05-06');
    expect(errorOf(await kernel.execute('%load days.csv --replace --dates ymd'))).toContain('fits no column');
  }));

test.each([
  ['%lod x.csv', 'Did you mean %load?'],
  ['%%sq select 1', 'Did you mean %%sql?'],
  ['%load x.csv --replcae', 'Did you mean --replace?'],
  ['%load nowhere.csv', 'There is no file nowhere.csv'],
  ['%load /dev/null', '%load reads regular files, and /dev/null is a pipe, a socket or a device'],
  ['%load .', "CREATE TABLE t AS FROM './*.csv'"],
  ['%load parts/*.csv', "CREATE TABLE t AS FROM 'parts/*.csv'"],
  ['%load https://example.com/x.csv', 'Save it beside the notebook'],
  ['%load s3://bucket/x.csv', '%allow its prefix'],
  ['%%sql', 'There is no SQL in this cell'],
  ['%sql', 'There is no SQL in this cell'],
  ['%sql select nope', 'nope'],
  ['%%sql create table t as select 1::variant v', 'v::JSON'],
  ['%sql duckdb://', 'nothing to connect to'],
  ['%%sql postgresql://me@host/db\nselect 1', '%attach ADDRESS as NAME'],
  ['%%sql --save x\nselect 1', 'CREATE VIEW'],
  ['%%sql\nselect {{x}}', '$x is the Python variable x'],
  ['%%sql\nselect $x', 'There is no Python variable for $x.'],
  ['%sqlcmd tables', '%tables'],
  ['%%sql --limit many select 1', 'a whole number'],
  ['%describe nothing_here', 'nothing_here'],
  ['%detach nothing_here', 'No database is attached as nothing_here'],
  ['%switch nowhere', 'There is no worldline "nowhere". Here: main.'],
  ['%branch "my idea"', 'without spaces, quotes or slashes, such as my-idea.'],
  ['%undo x', 'takes a number from 1 on'],
  ['%config nonsense 1', 'There is no setting'],
  ['How warm is it?', 'OPENAI_API_KEY'],
])('a mistake gets one clear message and the kernel goes on: %s', (code, message) =>
  withKernel(async ({ kernel }) => {
    const wrong = await kernel.execute(code);
    expect(wrong.status).toBe('error');
    expect(errorOf(wrong)).toContain(message);
    expect(wrong.outputs.filter(({ type }) => type === 'error')).toHaveLength(1);
    expect((await kernel.execute('%%sql select 1')).status).toBe('ok');
  }),
);

test('an interrupt stops a query', () =>
  withKernel(async ({ kernel }) => {
    await kernel.execute('%%sql select 1');
    const began = kernel.next((message) => message.type === 'execute_input');
    const running = kernel.execute(
      '%%sql select sum(a.range * b.range) from range(10000000) a, range(1000000) b',
    );
    await began;
    await kernel.interrupt();
    const cell = await running;
    expect(cell.status).toBe('error');
    expect(cell.reply.content['ename']).toMatch(/^(InterruptedError|KeyboardInterrupt)$/);
    expect((await kernel.execute('%%sql select 1')).status).toBe('ok');
  }));

test('Tab completes magics, options, tables, columns by alias and files', () =>
  withKernel(
    async ({ kernel, folder }) => {
      await kernel.execute('%load seattle-weather.csv as weather');
      await writeFile(join(folder, "it's mine.csv"), 'a\n1\n');
      const matches = async (code: string, cursor?: number): Promise<unknown> =>
        (await kernel.complete(code, cursor))['matches'];
      expect(await matches('%lo')).toEqual(['%load']);
      expect(await matches('%load sea')).toEqual(['seattle-weather.csv']);
      expect(await matches('%load x --re')).toEqual(['--replace']);
      expect(await matches('%load x --dates ')).toEqual(['dmy', 'mdy', 'ymd']);
      expect(await matches('%load seattle-weather.csv as ')).toEqual([]);
      expect(await matches('%attach x.duckdb as ')).toEqual([]);
      expect(await matches('%config appr')).toEqual(['approve']);
      expect(await matches('%config approve ')).toEqual(['none', 'writes', 'all']);
      expect(await matches('%config no-rows t')).toEqual(['true']);
      expect(await matches('%describe we')).toEqual(['weather']);
      expect(await matches('%%sql\nselect * from wea')).toEqual(['weather']);
      expect(await matches('%%sql\nselect w.temp_ from weather w', 20)).toEqual(['temp_max', 'temp_min']);
      expect(await matches('%%sql select * from wea')).toEqual(['weather']);
      expect(await matches('%%sql select w.temp_ from weather w', 19)).toEqual(['temp_max', 'temp_min']);
      expect(await matches('%%sql top << --limit 5 from wea')).toEqual(['weather']);
      expect(await matches('%%sql top << --li')).toEqual(['--limit']);
      expect(await matches("%%sql from 'sea")).toEqual(['seattle-weather.csv']);
      expect(await matches('%%ask how wet is wea')).toEqual(['weather']);
      for (const typed of ['it', '"it', '"it\'s m'])
        expect(await matches(`%load ${typed}`)).toEqual(['"it\'s mine.csv"']);
      expect(await matches("%%sql\nfrom 'it")).toEqual(["it''s mine.csv"]);
      expect(await matches("%%sql\nfrom 'sea")).toEqual(['seattle-weather.csv']);
      expect(await matches('%config def')).toEqual(['default']);
    },
    { data: ['seattle-weather.csv'] },
  ));

test('a table of hundreds of columns is listed by the first of them, and says where the others are', () =>
  withKernel(async ({ kernel, folder }) => {
    const names = Array.from({ length: 300 }, (_, n) => `col_${n}`);
    await writeFile(join(folder, 'wide.csv'), `${names.join(',')}\n${names.map(() => 1).join(',')}\n`);
    const loaded = shown(await kernel.execute('%load wide.csv'));
    expect(loaded).toContain('col_49');
    expect(loaded).not.toContain('col_50');
    expect(loaded).toContain('250 more columns: %describe wide');
    const { outputs } = await kernel.execute('%tables');
    const html = dataOf(outputs[0]?.content, 'text/html');
    expect(html).toContain('col_29 BIGINT … and 270 more: %describe wide');
    expect(html).not.toContain('col_30');
  }));

test('a query says in a line below its rows that dates of a file could be meant in another order', () =>
  withKernel(async ({ kernel, folder }) => {
    await writeFile(join(folder, 'days.csv'), 'd,n\n03/04/2024,1\n05/06/2024,2\n');
    const { outputs } = await kernel.execute("%%sql\nfrom 'days.csv'; select 1");
    expect(outputs.map(({ type }) => type)).toEqual(['display_data', 'stream', 'execute_result']);
    const note = 'd of days.csv was read as day/month/year.';
    expect(outputs[1]?.content['text']).toContain(note);
    expect((await kernel.execute("%%sql days <<\nfrom 'days.csv'")).stdout).toContain(`as days.\n${note}`);
    const python = await kernel.execute(`%%python\nfor _ in range(2): sql("from 'days.csv'")`);
    expect(python.stderr.split(note)).toHaveLength(2);
  }));
