import { expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataOf, shown } from './withKernel.js';
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
    expect(sent).toContain(
      'region: VARCHAR; no NULL; about 2 distinct; most frequent: Common (30), Rare (3)',
    );
    expect(sent).toContain('wide (30000 rows): range BIGINT');
    expect(sent).toContain('seattle-weather.csv (48 kB)');
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
