import { expect, test } from '@jest/globals';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Script, ScriptedTurn } from '../support/model-server.js';
import { dataOf, errorOf, shown, textOf } from './withKernel.js';
import { call, withModel } from './withModel.js';

test('a question runs SQL and Python for real and ends in an answer', () =>
  withModel(
    [
      call('run_sql', { sql: "select count(*) as days from 'seattle-weather.csv'" }),
      call('run_python', { code: 'import matplotlib.pyplot as plt\nplt.bar(["a"], [1])\nprint(40 + 2)' }),
      call('finish', { answer: 'There are **1,461** days.', evidence: ['r1'] }),
    ],
    async ({ kernel }, server) => {
      const cell = await kernel.execute('How many days are there?', { metadata: { cellId: 'c1' } });
      expect(cell.status).toBe('ok');
      expect(shown(cell)).toContain('There are **1,461** days.');
      expect(shown(cell)).toMatch(/✓ r1 SQL · 1 row × 1 column/);
      const types = cell.outputs.flatMap(({ content }) =>
        Object.keys((content['data'] as object | undefined) ?? {}),
      );
      expect(types).toContain('image/png');
      expect(types).toContain('text/markdown');
      const sent = JSON.stringify(server.requests.at(1)?.body);
      expect(sent).toContain('1461');
      expect(sent).not.toContain('test-key');
    },
  ));

test('an error of a step goes back to the model, which mends it', () =>
  withModel(
    [
      call('run_sql', { sql: 'select nope from nowhere' }),
      call('run_sql', { sql: 'select 1 as one' }),
      call('finish', { answer: 'One.', evidence: ['r2'] }),
    ],
    async ({ kernel }, server) => {
      const cell = await kernel.execute('Try.');
      expect(shown(cell)).toMatch(/✗ r1 SQL/);
      expect(JSON.stringify(server.requests.at(1)?.body)).toContain('nowhere');
      expect(shown(cell)).toContain('One.');
    },
  ));

test('the conversation belongs to the worldline: what happened beside it is not known', () =>
  withModel(
    [{ text: 'The word is apple.' }, { text: 'Noted in the branch: quince.' }, { text: 'Back on main.' }],
    async ({ kernel }, server) => {
      await kernel.execute('Remember: apple.');
      await kernel.execute('%branch side');
      await kernel.execute('Remember: quince.');
      await kernel.execute('%switch main');
      await kernel.execute('%%sql select 4711 as secret_number');
      await kernel.execute('What do you know?');
      const last = JSON.stringify(server.requests.at(2)?.body);
      expect(last).toContain('apple');
      expect(last).toContain('4711');
      expect(last).not.toContain('quince');
    },
  ));

test('an interrupt ends a run within a second, and the next cell goes on from there', () => {
  let arrived: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const never = new Promise<void>(() => undefined);
  const script: Script = (_, number) => {
    arrived();
    return number === 0 ? { text: 'thinking', hold: never } : { text: 'Here again.' };
  };
  return withModel(script, async ({ kernel }) => {
    const running = kernel.execute('Think long.');
    await asked;
    await kernel.interrupt();
    const cell = await running;
    expect(cell.status).toBe('error');
    expect(errorOf(cell)).toContain('interrupted');
    const next = await kernel.execute('And now?');
    expect(shown(next)).toContain('Here again.');
  });
});

test.each<[string, ScriptedTurn, string]>([
  ['a wrong key', { fault: { kind: 'status', status: 401 } }, 'OPENAI_API_KEY'],
  ['a refusal', { refusal: 'I will not.' }, 'I will not.'],
])('%s is one clear message', (_, turn, message) =>
  withModel([turn], async ({ kernel }) => {
    const cell = await kernel.execute('Say hello.');
    expect(cell.status).toBe('error');
    expect(errorOf(cell)).toContain(message);
    expect((await kernel.execute('%%sql select 1')).status).toBe('ok');
  }),
);

test('undo takes back a whole run; its steps can be had as cells; usage is counted', () =>
  withModel(
    [
      {
        ...call('run_sql', { sql: 'create table made as select 1 as a' }),
        usage: { input: 100, output: 20 },
      },
      { ...call('run_sql', { sql: 'insert into made values (2)' }), usage: { input: 200, output: 10 } },
      { ...call('finish', { answer: 'Made it.', evidence: [] }), usage: { input: 300, output: 5 } },
    ],
    async ({ kernel }) => {
      await kernel.execute('%%sql create table before as select 1 a');
      await kernel.execute('Make a table.');
      expect(shown(await kernel.execute('%tables'))).toContain('made');
      expect(shown(await kernel.execute('%usage'))).toContain('600');
      const cells = await kernel.execute('%steps --as-cells');
      expect(cells.stdout).toContain('%%sql\ncreate table made as select 1 as a');
      // Several cells are no one input.
      expect(cells.reply.content['payload']).toEqual([]);
      expect(shown(await kernel.execute('%steps --raw'))).toContain('run_sql');
      await kernel.execute('%undo');
      const tables = shown(await kernel.execute('%tables'));
      expect(tables).toContain('before');
      expect(tables).not.toContain('made');
    },
  ));

test('approval is asked for in the front end, and skipped where nobody is there', () =>
  withModel(
    [
      call('run_sql', { sql: 'create table made as select 1 as a' }),
      { text: 'Done or not.' },
      call('run_sql', { sql: 'create table made2 as select 1 as a' }),
      { text: 'Done or not.' },
    ],
    async ({ kernel }) => {
      const prompts: string[] = [];
      await kernel.execute('%%ask --approve writes\nMake it.', {
        answer: (prompt) => {
          prompts.push(prompt);
          return 'r';
        },
      });
      expect(prompts.join()).toContain('create table made');
      await kernel.execute('%%ask --approve writes\nMake another.');
      const tables = shown(await kernel.execute('%tables'));
      expect(tables).toContain('made');
      expect(tables).not.toContain('made2');
    },
  ));

test('what is shown of a run cannot carry a script', () =>
  withModel(
    [
      call('run_sql', { sql: "select '<script>x</script>' as a" }),
      call('run_python', {
        code: 'from IPython.display import HTML, display\ndisplay(HTML("<script>y</script>"))',
      }),
      call('finish', { answer: 'Done.', evidence: [] }),
    ],
    async ({ kernel }) => {
      const cell = await kernel.execute('Show it.', { metadata: { cellId: 'c' } });
      for (const { content } of cell.outputs) {
        const html = dataOf(content, 'text/html');
        expect(html).not.toContain('<script>');
      }
      expect(cell.outputs.map(textOf).join()).toContain('Done.');
    },
  ));

test('a later step reads an earlier result by its handle, in SQL and from Python', () =>
  withModel(
    [
      call('run_sql', { sql: "select max(temp_max) as hottest from 'seattle-weather.csv'" }),
      call('run_sql', { sql: 'select hottest * 2 as doubled from r1' }),
      call('run_python', { code: 'print("from python", sql("from r1").iloc[0, 0])' }),
      call('list_tables', {}),
      call('finish', { answer: 'Twice the hottest is 71.2.', evidence: ['r2'] }),
    ],
    async ({ kernel }, server) => {
      const cell = await kernel.execute('Double it.');
      expect(JSON.stringify(server.requests.at(2)?.body)).toContain('71.2');
      expect(JSON.stringify(server.requests.at(3)?.body)).toContain('from python 35.6');
      expect(JSON.stringify(server.requests.at(4)?.body)).toContain('There are no tables.');
      expect(shown(cell)).not.toContain('[?]');
      expect(shown(await kernel.execute('%%sql select hottest + 1 as h from r1'))).toContain('36.6');
    },
  ));

test('with --no-rows no value of a row reaches the model, whatever came before', () =>
  withModel(
    [
      call('run_sql', { sql: 'select * from people' }),
      call('finish', { answer: 'It is Zobel 7.', evidence: ['r1'] }),
      call('run_sql', { sql: 'select name from people' }),
      call('describe', { name: 'people' }),
      call('run_sql', { sql: 'select count(*) as n from people' }),
      call('run_sql', { sql: 'select cast(name as integer) from people' }),
      call('run_sql', { sql: 'from r1' }),
      call('run_python', { code: 'print(sql("from people").iloc[0, 0])' }),
      call('finish', { answer: 'Done.', evidence: [] }),
      { text: 'Still here.' },
    ],
    async ({ kernel }, server) => {
      await kernel.execute(
        "%%sql create table people as select 'Zobel ' || i as name, i from range(40) t(i)",
      );
      await kernel.execute('%%sql select * from people');
      await kernel.execute('%%python\nwho = "Zobel 8"');
      await kernel.execute('Who is in it?');
      expect(JSON.stringify(server.requests.at(1)?.body)).toContain('Zobel');
      await kernel.execute('%%ask --no-rows\nDescribe the table.');
      await kernel.execute('%%ask --no-rows\nAnd then?');
      const hidden = server.requests.slice(2).map(({ body }) => JSON.stringify(body));
      expect(hidden).toHaveLength(8);
      // The two cells of the user's own that hold the name are theirs to send.
      const own = /select 'Zobel '|who = \\"Zobel 8\\"/g;
      for (const body of hidden) expect(body.replace(own, '')).not.toContain('Zobel');
      expect(hidden.at(-1)).toContain('40');
      expect(hidden.at(-1)).toContain('Describe the table.');
    },
  ));

test('each step that writes can be taken back by itself', () =>
  withModel(
    [
      call('run_sql', { sql: 'create table one as select 1 as a' }),
      call('run_sql', { sql: 'create table two as select 2 as a' }),
      call('finish', { answer: 'Made.', evidence: [] }),
      call('run_sql', { sql: 'create table three as select 3 as a' }),
      call('run_sql', { sql: 'create table four as select 4 as a' }),
      call('finish', { answer: 'Made.', evidence: [] }),
    ],
    async ({ kernel }, server) => {
      await kernel.execute('Make two tables.');
      expect((await kernel.execute('%undo --step')).stdout).toBe(
        'main is back at the step "%%sql create table one as select 1 as a".\n',
      );
      let tables = shown(await kernel.execute('%tables'));
      expect(tables).toContain('one');
      expect(tables).not.toContain('two');
      await kernel.execute('Make two more.');
      const known = JSON.stringify(server.requests[3]?.body);
      expect(known).toContain('Make two tables.');
      expect(known).toContain('create table one');
      expect(known).not.toContain('create table two');
      expect(known).toContain('took back what came after');
      await kernel.execute('%undo');
      tables = shown(await kernel.execute('%tables'));
      expect(tables).toContain('one');
      expect(tables).not.toContain('three');
    },
  ));

test('figures without a source are marked, others link to their step, and made-up results are told', () =>
  withModel(
    [
      call('run_sql', { sql: "select count(*) as n from 'seattle-weather.csv'" }),
      call('finish', { answer: 'Of 1,461 days 987 were dry.', evidence: ['r1'] }),
      call('run_sql', { sql: 'select 4242 as sales' }),
      call('finish', { answer: 'Sales were 4,242.', evidence: ['r3'] }),
    ],
    async ({ kernel }) => {
      const cell = await kernel.execute('How many were dry?', { metadata: { cellId: 'c1' } });
      expect(shown(cell)).toContain('Of 1,461 days 987 [?] were dry.');
      const all = JSON.stringify(cell.outputs.map(({ content }) => content['data']));
      const [, anchor] = /\[1,461\]\(#([\w-]+)/.exec(all) ?? [];
      expect(all).toContain(`id=\\"${anchor ?? 'no anchor'}\\"`);
      expect(shown(await kernel.execute('And sales?'))).toContain('Made up');
    },
  ));

test('a recording beside the notebook replays without a model, and a strict replay fails where it drifts', () =>
  withModel(
    [
      call('run_sql', { sql: 'select sum(a) as total from t' }),
      call('finish', { answer: 'It is 6.', evidence: ['r1'] }),
    ],
    async ({ kernel, folder, restart }, server) => {
      await kernel.execute('%%sql create table t as select unnest([1, 2, 3]) as a');
      await kernel.execute('What is the total?');
      expect(readFileSync(join(folder, 'test.turns.json'), 'utf8')).toContain('It is 6.');
      const asked = server.requests.length;
      const later = await restart({ WORLDLINE_TURNS: 'replay' });
      await later.execute('%%sql create or replace table t as select unnest([1, 2, 3]) as a');
      expect(shown(await later.execute('What is the total?'))).toContain('It is 6.');
      await later.execute('%%sql insert into t values (10)');
      const drifted = await later.execute('What is the total?');
      expect(drifted.status).toBe('ok');
      expect(JSON.stringify(drifted.outputs)).toContain('differs from the recording');
      const strict = await later.execute('%%ask --strict-replay\nWhat is the total?');
      expect(errorOf(strict)).toContain('drifted');
      expect(server.requests).toHaveLength(asked);
    },
    { WORLDLINE_TURNS: 'record' },
  ));

test('prices of the config folder count the cost and stop a run at its limit', () =>
  withModel(
    [
      { ...call('run_sql', { sql: 'select 1 as a' }), usage: { input: 1_000_000, output: 0 } },
      { text: 'That is all.' },
    ],
    async ({ kernel, folder }) => {
      const config = join(folder, '..', 'config', 'worldline');
      mkdirSync(config, { recursive: true });
      writeFileSync(join(config, 'prices.json'), '{"scripted": {"input": 2, "output": 8}}');
      const cell = await kernel.execute('%%ask --max-usd 1\nGo on.');
      expect(shown(cell)).toContain('Partial answer');
      expect(shown(cell)).toContain('$2.00');
    },
  ));
