import { expect, test } from '@jest/globals';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GraphPage, KernelState, Requests, TablePage } from '../../kernel/src/contract.js';
import { frontEnd } from './frontEnd.js';
import { errorOf, resultOf, rowsOf, shown, withKernel } from './withKernel.js';
import { withModel } from './withModel.js';

test('a front end sees the graph grow, moves in it, and looks at data', () =>
  withKernel(async ({ kernel }) => {
    const { hello, ask, events } = await frontEnd(kernel);
    expect(hello).toMatchObject({ contract: 1, state: { busy: false, sandbox: 'none' } });
    await kernel.execute('%%sql create table t as select range as i from range(1000)', {
      metadata: { cellId: 'one' },
    });
    const shown = await kernel.execute('%%sql from t');
    const graph: GraphPage = await ask('graph', { offset: 0, count: 10 });
    expect(graph.checkpoints.map(({ kind, cellId }) => [kind, cellId])).toEqual([
      ['sql', null],
      ['sql', 'one'],
      ['root', null],
    ]);
    expect(events().map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['cell-began', 'checkpoint', 'head']),
    );

    const page = Object.values(shown.result?.['data'] as Record<string, TablePage>).find(
      (value): value is TablePage => typeof value === 'object',
    );
    const next = await ask('page', {
      result: page?.result ?? '',
      offset: 990,
      count: 50,
      order: 'i',
      descending: true,
    });
    expect(next.rows.map(([value]) => value)).toEqual(['9', '8', '7', '6', '5', '4', '3', '2', '1', '0']);
    expect((await ask('preview', { table: 't', count: 2 })).total).toBe(1000);
    await expect(ask('preview', { table: 't; drop table t', count: 2 })).rejects.toThrow('no table');
    expect((await ask('tables', {})).tables.map(({ name, rows }) => [name, rows])).toEqual([['t', 1000]]);

    const first = graph.checkpoints.at(1)?.id ?? '';
    const line = await ask('branch', { name: 'idea', from: first });
    expect(line.active).toBe(true);
    await kernel.execute('%%sql drop table t');
    expect((await ask('compare', { a: 'main', b: 'idea' })).tables).toMatchObject([
      { name: 't', change: 'only-a' },
    ]);
    await ask('undo', { cells: 1 });
    expect((await ask('tables', {})).tables).toHaveLength(1);
    const state: KernelState = await ask('state', {});
    expect(state.active).toBe(line.id);
    expect((await ask('cells', { of: 'idea' })).cells.map(({ source }) => source)).toHaveLength(1);
    await expect(ask('nonsense' as 'state', {})).rejects.toThrow('does not know');
  }));

test('a front end looks for a text in the sources of cells, page by page, this run and earlier ones', () =>
  withKernel(async ({ kernel, restart }) => {
    const long = `select 1 as a -- ${'x'.repeat(200)} the Needle ${'y'.repeat(2000)}`;
    await kernel.execute('%%sql\nselect 1\n-- a needle');
    await kernel.execute(`%%sql\nselect 2\n;${long}`);
    const later = await restart();
    await later.execute('%%sql select 3');
    await later.execute("%%sql\nselect 'NEEDLE'");
    const { ask } = await frontEnd(later);
    const find = async (text: string, offset = 0, count = 10) => {
      const { hits, total } = await ask('search', { text, offset, count });
      return { total, lines: hits.map(({ line }) => line) };
    };
    expect(await find('needle')).toEqual({
      total: 6,
      lines: ["select 'NEEDLE'", expect.stringMatching(/^…x{25} the Needle y{70,}…$/), '-- a needle'],
    });
    expect(await find('needle', 1, 3)).toEqual({ total: 6, lines: [expect.stringContaining('the Needle')] });
    expect((await find('haystack')).lines).toEqual([]);
  }));

test('a front end shows files as what they are, and grants folders as a person names them', () =>
  withKernel(async ({ kernel, folder }) => {
    const { ask } = await frontEnd(kernel);
    await kernel.execute(`%%sql
      copy (select range as i from range(300)) to 'it''s.csv';
      copy (select '<svg/>') to 'chart.svg' (format csv, header false)`);
    expect(await ask('previewFile', { file: "it's.csv", count: 2 })).toMatchObject({
      ...{ total: 300, columns: [{ name: 'i', kind: 'number' }] },
    });
    await expect(ask('previewFile', { file: '/etc/passwd', count: 2 })).rejects.toThrow();
    expect((await ask('artifact', { path: 'chart.svg' })).mime).toBe('image/svg+xml');

    mkdirSync(join(folder, '..', 'more'));
    const granted = async (params: Requests['allow']['params']) =>
      (await ask('allow', params)).folders.flatMap((each) => (each.granted ? [each.path] : []));
    expect(await granted({ folder: '../more' })).toEqual([join(folder, '..', 'more')]);
    expect(await granted({ folder: '../more', revoke: true })).toEqual([]);
    await expect(ask('allow', { folder: 'nowhere' })).rejects.toThrow(`no folder ${join(folder, 'nowhere')}`);
  }));

test('a front end that comes in the middle of a cell is told which one runs', () =>
  withKernel(async ({ kernel }) => {
    await frontEnd(kernel);
    const began = kernel.next(({ type, content }) => {
      const { event } = (type === 'comm_msg' ? content['data'] : {}) as { event?: { kind?: string } };
      return event?.kind === 'cell-began';
    });
    const cell = kernel.execute('%%sql select count(*) from range(100_000_000) a, range(100_000_000) b', {
      metadata: { cellId: 'long' },
    });
    await began;
    const { hello, ask } = await frontEnd(kernel);
    expect(hello).toMatchObject({
      state: { busy: true, running: { worldline: expect.any(String), cellId: 'long' } },
    });
    expect(await ask('running', {})).toMatchObject({ running: { cellId: 'long', outputs: [] } });
    await kernel.interrupt();
    await cell;
    expect(await ask('running', {})).toEqual({ running: null });
    expect(await ask('state', {})).toMatchObject({ busy: false, running: null });
  }));

test('a worldline that cannot be opened becomes active by no request, and by no magic', () =>
  withKernel(async ({ kernel, home, restart }) => {
    await kernel.execute('%%sql create table t as select 1 as i');
    const later = await restart();
    const { hello, ask } = await frontEnd(later);
    await later.execute('%%sql create table t as select 2 as i');
    await ask('branch', { name: 'side' });
    const back = await ask('switch', { worldline: 'main' });
    await ask('delete', { worldline: 'side' });
    const earlier = (await ask('graph', { offset: 0, count: 0 })).worldlines.find((line) => line.earlier);
    const folder = join(home, 'notebooks', String(hello['session']), 'worldlines');
    renameSync(folder, `${folder}-away`);
    writeFileSync(folder, 'a file in its place');
    await expect(ask('branch', { name: 'new' })).rejects.toThrow('ENOTDIR');
    await expect(ask('resume', { worldline: 'side' })).rejects.toThrow('ENOTDIR');
    await expect(ask('resume', { worldline: earlier?.id ?? '' })).rejects.toThrow('ENOTDIR');
    for (const code of ['%branch new', '%resume side', '%resume'])
      expect((await later.execute(code)).stderr + errorOf(await later.execute(code))).toContain('ENOTDIR');
    rmSync(folder);
    renameSync(`${folder}-away`, folder);
    const { worldlines } = await ask('graph', { offset: 0, count: 0 });
    expect(worldlines.filter(({ deleted, earlier }) => !deleted && !earlier)).toMatchObject([
      { id: back.id, name: 'main', active: true },
    ]);
    expect(resultOf(await later.execute('%%sql from t'))).toContain('2');
  }));

test('a cell that comes while a worldline is moved to runs there or before, and its checkpoint is where it ran', () =>
  withKernel(async ({ kernel }) => {
    const { ask } = await frontEnd(kernel);
    await kernel.execute('%%sql create table t as select 0 as i');
    const main = await ask('switch', { worldline: 'main' });
    const side = await ask('branch', { name: 'side' });
    for (const n of [1, 2, 3, 4]) {
      const to = n % 2 === 0 ? side : main;
      await Promise.all([
        ask('switch', { worldline: to.id }),
        kernel.execute(`%%sql insert into t values (${n})`, { metadata: { cellId: String(n) } }),
      ]);
    }
    const { checkpoints } = await ask('graph', { offset: 0, count: 20 });
    for (const { id } of [main, side]) {
      await ask('switch', { worldline: id });
      const own = checkpoints.filter(({ worldline, cellId }) => worldline === id && cellId !== null);
      const there = rowsOf(await kernel.execute('%%sql from t where i > 0 order by i')).map(([i]) => i);
      expect(there).toEqual(own.map(({ cellId }) => cellId).sort());
    }
  }));

test('a notebook that was copied or moved finds its worldlines by the session id, and shares nothing that is written', () =>
  withKernel(async ({ kernel, folder, restart }) => {
    const original = join(folder, 'test.ipynb');
    writeFileSync(original, '{}');
    await kernel.execute('%%sql create table t as select 1 as i');
    const { hello } = await frontEnd(kernel);
    const session = String(hello['session']);

    const copy = await restart({ JPY_SESSION_NAME: join(folder, 'copy.ipynb') });
    const front = await frontEnd(copy);
    expect(front.hello['session']).not.toBe(session);
    const linked = await front.ask('link', { session });
    const now = { session: front.hello['session'], notebook: expect.any(String) as unknown };
    expect(linked).toEqual({ ...now, relation: 'copied', worldlines: 1 });
    const resumed = await copy.execute('%resume');
    expect(resumed.stderr).toContain(`This notebook is a copy of ${original}`);
    await copy.execute('%%sql insert into t values (2)');
    expect(resultOf(await copy.execute('%%sql select count(*) as n from t'))).toContain('2');

    rmSync(original);
    const moved = await restart({ JPY_SESSION_NAME: join(folder, 'moved.ipynb') });
    const { ask } = await frontEnd(moved);
    expect(await ask('link', { session: 'from another machine' })).toMatchObject({ relation: 'unknown' });
    expect(await ask('link', { session })).toMatchObject({ relation: 'moved', worldlines: 1 });
    const { stderr } = await moved.execute('%resume');
    expect(stderr).toContain(`This notebook was moved here from ${original}`);
    expect(resultOf(await moved.execute('%%sql select count(*) as n from t'))).toContain('1');
    expect(
      (await ask('graph', { offset: 0, count: 50 })).worldlines.filter((line) => line.active),
    ).toHaveLength(1);
  }));

test('a front end has settings of its own, checked as those of %config; what %config sets comes first', () =>
  withKernel(async ({ kernel }) => {
    const { hello, ask } = await frontEnd(kernel);
    expect(hello).toMatchObject({ state: { plainCell: 'ask' } });
    await ask('configure', {
      settings: { default: 'sql', 'at-once': '2', 'max-steps': '7', 'sandbox-memory': '256m' },
    });
    expect((await ask('state', {})).plainCell).toBe('sql');
    expect(shown(await kernel.execute('%config at-once'))).toMatch(/2\s+front end/);
    expect(resultOf(await kernel.execute('select 40 + 2 as answer'))).toContain('42');
    await kernel.execute('%default python');
    await ask('configure', { settings: { default: 'ask', model: 'small' } });
    expect(await ask('state', {})).toMatchObject({ plainCell: 'python', model: 'small' });
    const listed = shown(await kernel.execute('%config model'));
    expect(listed).toMatch(/small\s+front end/);
    expect(shown(await kernel.execute('%config max-steps'))).toMatch(/20\s+default/);

    for (const [settings, problem] of [
      [{ model: 'large', 'max-steps': '0' }, 'max-steps takes a whole number above zero'],
      [{ model: 'large', 'sandbox-memory': '1m' }, 'a size such as 512m, from 128 MB up'],
      [{ model: 'large', approve: 'some' }, 'none or writes or all'],
      [{ OPENAI_API_KEY: 'secret' }, 'no setting "OPENAI_API_KEY"'],
      [{ rows: '3' }, 'not for a front end'],
      [
        { model: 'sk-0123456789abcdef' },
        /^model takes a name, and this looks like a key\.\nKeys are no settings/,
      ],
    ] as [Requests['configure']['params']['settings'], string | RegExp][])
      await expect(ask('configure', { settings })).rejects.toThrow(problem);
    expect((await ask('state', {})).model).toBe('small');
  }));

test('the state names the model that the next question goes to, by key alone or after another one has answered', () =>
  withModel([{ text: 'Here.' }], async ({ kernel, folder }) => {
    const { hello, ask } = await frontEnd(kernel);
    expect(hello).toMatchObject({ state: { provider: 'compatible', model: 'scripted' } });
    await kernel.execute('Who?');
    await ask('configure', { settings: { model: 'other' } });
    expect(await ask('state', {})).toMatchObject({ provider: 'compatible', model: 'other', problems: [] });
    await ask('configure', { settings: {} });
    expect((await ask('state', {})).model).toBe('scripted');
    writeFileSync(join(folder, '.env'), 'GEMINI_API_KEY=none\n');
    await ask('configure', { settings: { provider: 'gemini' } });
    expect(await ask('state', {})).toMatchObject({
      provider: 'gemini',
      model: expect.stringContaining('gemini'),
    });
  }));

test('the variables of a resumed worldline are known without a sandbox, and are its own once there is one', () =>
  withKernel(async ({ kernel, restart }) => {
    expect((await kernel.execute('%%python\nx = [1, 2, 3]')).status).toBe('ok');
    const without = await restart({ DOCKER_HOST: 'unix:///nowhere/docker.sock', WORLDLINE_PREWARM: '0' });
    const panel = await frontEnd(without);
    await panel.ask('resume', { worldline: 'main' });
    const x = { name: 'x', type: 'list', shape: '(3,)' };
    expect(await panel.ask('variables', {})).toMatchObject({ kept: true, variables: [x] });
    expect(shown(await without.execute('%vars'))).toMatch(/does not run[^]*x\s+list/);

    const again = await restart();
    const other = await frontEnd(again);
    await other.ask('resume', { worldline: 'main' });
    expect((await again.execute('%%python\nx.append(4)')).status).toBe('ok');
    expect(await other.ask('variables', {})).toMatchObject({
      kept: false,
      variables: [{ ...x, shape: '(4,)' }],
    });
  }));

test('a file leads to the checkpoint that made it what it is', () =>
  withKernel(async ({ kernel }) => {
    const { ask } = await frontEnd(kernel);
    await kernel.execute("%%sql copy (select 1 as a) to 'one.csv'");
    await kernel.execute("%%sql copy (select 2 as b) to 'two.csv'");
    await kernel.execute("%%sql copy (select 10 as a) to 'one.csv'");
    await kernel.execute('%%sql create table t as select 1 as a');
    const { checkpoints } = await ask('graph', { offset: 0, count: 10 });
    const titles = new Map(checkpoints.map(({ id, title }) => [id, title]));
    const { artifacts } = await ask('artifacts', {});
    const made = artifacts.map(({ path, checkpoint }) => [path, titles.get(checkpoint ?? '')]);
    expect(made.sort()).toEqual([
      ['one.csv', "%%sql copy (select 10 as a) to 'one.csv'"],
      ['two.csv', "%%sql copy (select 2 as b) to 'two.csv'"],
    ]);
  }));
