import { expect, test } from '@jest/globals';
import { startModelServer, type ModelServer, type ScriptedTurn } from '../support/model-server.js';
import { errorOf, shown, textOf, withKernel, type Notebook } from './withKernel.js';

const call = (name: string, args: Record<string, unknown>): ScriptedTurn => ({
  calls: [{ name, arguments: args }],
});

async function withModel(
  script: readonly ScriptedTurn[],
  body: (notebook: Notebook, server: ModelServer) => Promise<void>,
): Promise<void> {
  const server = await startModelServer({ script });
  try {
    await withKernel((notebook) => body(notebook, server), {
      env: { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'test-key', WORLDLINE_MODEL: 'scripted' },
      data: ['seattle-weather.csv'],
    });
    expect(server.violations).toEqual([]);
  } finally {
    await server.close();
  }
}

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

test('an interrupt ends a run within a second, and the next cell goes on from there', () =>
  withModel([{ text: 'thinking', delay: 60_000 }, { text: 'Here again.' }], async ({ kernel }, server) => {
    const asked = kernel.next(({ type }) => type === 'display_data');
    const running = kernel.execute('Think long.');
    await asked;
    await kernel.interrupt();
    const cell = await running;
    expect(cell.status).toBe('error');
    expect(errorOf(cell)).toContain('interrupted');
    const next = await kernel.execute('And now?');
    expect(shown(next)).toContain('Here again.');
    expect(server.violations).toEqual([]);
  }));

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
        const html = String((content['data'] as Record<string, unknown> | undefined)?.['text/html'] ?? '');
        expect(html).not.toContain('<script>');
      }
      expect(cell.outputs.map(textOf).join()).toContain('Done.');
    },
  ));
