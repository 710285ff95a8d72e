import { expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentsBelow } from '../support/contentsBelow.js';
import { dataOf, errorOf, shown } from './withKernel.js';
import { call, sentWith, withModel } from './withModel.js';

test('the answer appears while it is written', () => {
  let write: () => void = () => undefined;
  const written = new Promise<void>((resolve) => {
    write = resolve;
  });
  const answer = `It rains often: ${'drop by drop, '.repeat(40)}done.`;
  return withModel(
    [{ ...call('finish', { answer, evidence: [] }), holdHalfway: written }],
    async ({ kernel }) => {
      const running = kernel.execute('Does it rain?', { metadata: { cellId: 'c1' } });
      const early = await kernel.next(
        ({ type, content }) =>
          type === 'update_display_data' && dataOf(content, 'text/html').includes('It rains often'),
      );
      expect(dataOf(early.content, 'text/html')).not.toContain('done.');
      write();
      expect(shown(await running)).toContain(answer);
    },
  );
});

const REGIONS =
  "create table sales as select i, case when i < 30 then 'Common' else 'Rare' end as region, i * 7919.5 as amount from range(33) t(i)";

test('the model is told of small tables by their profiles, of files, and of what the user looked at', () =>
  withModel([{ text: 'Seen.' }, { text: 'Seen.' }], async ({ kernel, folder }, server) => {
    writeFileSync(join(folder, 'test.turns.json'), '{}');
    await kernel.execute(`%%sql ${REGIONS}`);
    await kernel.execute('%%sql create table wide as select * from range(30000)');
    await kernel.execute('%describe sales');
    await kernel.execute('%branch side');
    await kernel.execute('%vars');
    await kernel.execute('%switch main');
    await kernel.execute('What is there?');
    const sent = sentWith(server, 0);
    expect(sent).toContain('region: VARCHAR; no NULL; 2 distinct; most frequent: Common (30), Rare (3)');
    expect(sent).toContain('wide (30000 rows): range BIGINT');
    expect(sent).toContain('seattle-weather.csv (48.2 KB)');
    expect(sent).not.toContain('turns.json');
    expect(sent).toContain('<cell by=\\"user\\">\\n%describe sales\\n</cell>');
    expect(sent).not.toContain('%vars');
    await kernel.execute('And now?');
    expect(sentWith(server, 1).split('%describe sales')).toHaveLength(2);
  }));

test('with --no-rows, profiles and what the user looked at hold no values of few rows', () =>
  withModel([{ text: 'Seen.' }], async ({ kernel }, server) => {
    await kernel.execute(`%%sql ${REGIONS}`);
    await kernel.execute('%describe sales');
    await kernel.execute('%%ask --no-rows\nWhat is there?');
    // The user's own code is theirs to send.
    const sent = sentWith(server, 0).replaceAll("else 'Rare' end", '');
    expect(sent).toContain('most frequent: Common (30)');
    expect(sent).toContain('%describe sales');
    expect(sent).not.toContain('Rare');
    expect(sent).not.toContain('253424');
  }));

test('what is shown stands outside of the folded steps; a file that is not there is told; charts of failed steps are not shown', () =>
  withModel(
    [
      {
        calls: [
          { name: 'show', arguments: { file: 'seattle-weather.csv' } },
          { name: 'show', arguments: { file: 'notes.md' } },
          { name: 'show', arguments: { file: 'none.md' } },
          { name: 'show', arguments: { file: '../secret.md' } },
          { name: 'show', arguments: { file: '.env' } },
        ],
      },
      call('run_python', {
        code: 'import matplotlib.pyplot as plt\nplt.bar(["a"], [1])\nplt.show()\n1 / 0',
      }),
      { text: 'There.' },
    ],
    async ({ kernel, folder }, server) => {
      writeFileSync(join(folder, 'notes.md'), '# Notes\n');
      writeFileSync(join(folder, '.env'), 'hidden');
      writeFileSync(join(folder, '..', 'secret.md'), 'hidden');
      const cell = await kernel.execute('Show it.', { metadata: { cellId: 'c1' } });
      const [table, notes, ...others] = cell.outputs.filter(
        ({ type, content }) =>
          type === 'display_data' && !dataOf(content, 'text/html').includes('worldline-run'),
      );
      expect(dataOf(table?.content, 'text/html')).toContain('2012-01-01');
      expect(dataOf(notes?.content, 'text/markdown')).toBe('# Notes\n');
      expect(others).toHaveLength(1);
      const answers = (server.requests.at(1)?.body['messages'] as { role: string; content: string }[])
        .filter(({ role }) => role === 'tool')
        .map(({ content }) => content);
      expect(answers[0]).toContain('It is shown to the user (1461 rows).');
      for (const answer of answers.slice(2)) expect(answer).toContain('There is no file');
      expect(sentWith(server, 2)).toContain('ZeroDivisionError');
      expect(JSON.stringify(server.requests)).not.toContain('hidden');
    },
  ));

test('a chart stands on the page once, however often it is displayed, saved and shown; calls read as a person reads', () =>
  withModel(
    [
      call('run_python', {
        code: 'import matplotlib.pyplot as plt\nplt.bar(["a"], [3])\nfig = plt.gcf()\nfig.savefig("bar.png")\ndisplay(fig)',
      }),
      call('show', { file: 'bar.png' }),
      call('finish', { answer: 'There it *is*.', evidence: ['r1'] }),
    ],
    async ({ kernel }, server) => {
      const cell = await kernel.execute('Chart it.', { metadata: { cellId: 'c1' } });
      expect(cell.outputs.filter(({ content }) => dataOf(content, 'image/png') !== '')).toHaveLength(1);
      expect(sentWith(server, 2)).toContain('The user has this chart before them already: r1 showed it.');
      const steps = cell.messages.findLast(({ type }) => type === 'update_display_data');
      const html = dataOf(steps?.content, 'text/html');
      expect(html).not.toContain('There it');
      expect(html).toContain('<code>bar.png</code></pre>');
    },
  ));

test('Python of the model that takes too long is told as a time limit', () =>
  withModel(
    [call('run_python', { code: 'while True: pass' }), { text: 'Too slow.' }],
    async ({ kernel }, server) => {
      const cell = await kernel.execute('Loop.');
      expect(sentWith(server, 1)).toContain('TimeoutError: Stopped after 1 s, the time limit.');
      expect(sentWith(server, 1)).not.toContain('KeyboardInterrupt');
      expect(shown(cell)).toContain('✗ r1 Python · TimeoutError');
    },
    { SANDBOX_TIMEOUT_SECONDS: '1' },
  ));

test('a time limit that is no number is named before a model is asked, with what mends it', () =>
  withModel(
    [{ text: 'Here.' }],
    async ({ kernel }, server) => {
      expect(errorOf(await kernel.execute('Anything?'))).toBe(
        'ConfigError: sandbox-seconds takes a number above zero, not "soon".\nIt comes from SANDBOX_TIMEOUT_SECONDS. %config sandbox-seconds 30 sets another.',
      );
      expect(server.requests).toEqual([]);
      await kernel.execute('%config sandbox-seconds 30');
      expect((await kernel.execute('Anything?')).status).toBe('ok');
    },
    { SANDBOX_TIMEOUT_SECONDS: 'soon' },
  ));

test('%doctor names the model that would answer, and where it is', () =>
  withModel([], async ({ kernel }, server) => {
    const place = new URL(server.url).host;
    expect(shown(await kernel.execute('%doctor'))).toContain(`ok: scripted (compatible, ${place})`);
    await kernel.execute('%config model other');
    expect(shown(await kernel.execute('%doctor'))).toContain('ok: other (compatible,');
    expect(server.requests).toEqual([]);
  }));

test('a key in the .env file beside the notebook goes to the model server, and nowhere else', () =>
  withModel(
    [
      call('run_python', { code: 'import os\nprint(dict(os.environ), os.listdir("."))' }),
      call('run_sql', { sql: "select getenv('OPENAI_API_KEY') as k" }),
      call('run_sql', { sql: "select * from '.env'" }),
      { text: 'Nothing to see.' },
    ],
    async ({ kernel, folder, home, restart }, server) => {
      writeFileSync(join(folder, '.env'), 'OPENAI_API_KEY="env-file-key-1"\nOTHER=not-ours\n');
      const cell = await kernel.execute('Look for keys.');
      expect(server.requests[0]?.headers['authorization']).toBe('Bearer env-file-key-1');
      expect(JSON.stringify(server.requests.map(({ body }) => body))).not.toMatch(/env-file-key|not-ours/);
      expect(JSON.stringify(cell.messages)).not.toMatch(/env-file-key|not-ours/);
      await restart();
      const found = [...contentsBelow(home)].filter(([, bytes]) => bytes.includes('env-file-key'));
      expect(found.map(([file]) => file)).toEqual([]);
    },
    { OPENAI_API_KEY: '' },
  ));
