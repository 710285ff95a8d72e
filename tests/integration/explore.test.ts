import { expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SeenRequest } from '../support/model-server.js';
import { errorOf, shown, withKernel } from './withKernel.js';
import { call, withModel } from './withModel.js';

interface Sent {
  readonly role: string;
  readonly content: string;
}
/** What was said in the present run: the request, and the results of its calls. */
function present({ body }: SeenRequest): { request: string; branch: string; results: string[] } {
  const messages = body['messages'] as Sent[];
  const at = messages.findLastIndex(({ role }) => role === 'user');
  const request = messages[at]?.content ?? '';
  return {
    request,
    branch: /Branch: ([\w~-]+)/.exec(request)?.[1] ?? '',
    results: messages.slice(at + 1).flatMap(({ role, content }) => (role === 'tool' ? [content] : [])),
  };
}

test('a question tried in branches: each has tables of its own, the comparison says where they differ, one is adopted', () =>
  withModel(
    (request) => {
      const { request: asked, branch, results } = present(request);
      if (!asked.includes('base (1 row)')) return { text: 'Where is base?' };
      const value = branch === 'try-1' ? 10 : 20;
      if (results.length === 0)
        return call('run_sql', { sql: `create table found as select a + ${value} as v from base` });
      if (results.length === 1) return call('run_sql', { sql: 'select v from found' });
      return call('finish', { answer: `It is ${value + 1}, at most ${value + 900}.`, evidence: ['r2'] });
    },
    async ({ kernel, home }) => {
      await kernel.execute('%%sql create table base as select 1 as a');
      const cell = await kernel.execute('%%ask --branches 2\nWhat is it?');
      expect(cell.status).toBe('ok');
      expect(shown(cell)).toContain('try-1: 11, 910; try-2: 21, 920');
      expect(shown(await kernel.execute('%tables'))).not.toContain('found');
      // Their processes are gone, and their live files with them; what they did is not.
      const stores = join(home, 'notebooks');
      const live = readdirSync(stores).flatMap((id) => readdirSync(join(stores, id, 'worldlines')));
      expect(live).toHaveLength(1);
      await kernel.execute('%switch try-1');
      expect(shown(await kernel.execute('%%sql select v from found'))).toContain('11');
      await kernel.execute('%switch main');
      await kernel.execute('%adopt try-2');
      expect(shown(await kernel.execute('%%sql select v from found'))).toContain('21');
    },
  ));

test('where no model would answer, it says what to set, and no worldline is made', () =>
  withKernel(async ({ kernel }) => {
    for (const cell of ['What is it?', '%%ask --branches 2\nWhat is it?'])
      expect(errorOf(await kernel.execute(cell))).toContain('OPENAI_BASE_URL');
    expect(errorOf(await kernel.execute('select 1 as a from range(3)'))).toContain('%%sql on the line above');
    expect(shown(await kernel.execute('%worldlines'))).not.toContain('try-1');
  }));

test('a console, which takes no updates, prints what came of the branches, and what the model says between steps', () =>
  withModel(
    (request) => {
      const { branch, results } = present(request);
      if (branch !== 'main') return { text: `It is ${branch === 'try-1' ? 11 : 21}.` };
      return results.length === 0
        ? { text: 'I look first.', ...call('run_sql', { sql: 'select 1' }) }
        : { text: 'Done.' };
    },
    async ({ kernel }) => {
      const answer = (): string => '';
      const tried = await kernel.execute('%%ask --branches 2\nWhat is it?', { answer });
      expect(tried.outputs).toHaveLength(1);
      expect(shown(tried)).toContain('try-1: 11; try-2: 21');
      expect(shown(await kernel.execute('What is it?', { answer }))).toMatch(/^I look first\.\s+✓ r1 SQL/);
    },
  ));

test('with --no-rows, branches and what comes of them hold no value of a row either', () =>
  withModel(
    (request) => {
      const { results } = present(request);
      if (results.length === 0) return call('run_sql', { sql: 'from people' });
      return call('finish', { answer: 'It is before you.', evidence: [] });
    },
    async ({ kernel }, server) => {
      await kernel.execute(
        "%%sql create table people as select 'secret-' || i as name, i + 70000 as pay from range(30) t(i)",
      );
      const cell = await kernel.execute('%%ask --no-rows --branches 2\nWho earns what?');
      expect(shown(cell)).toContain('It is before you.');
      await kernel.execute('%%ask --no-rows\nAnd now?');
      expect(server.requests).toHaveLength(6);
      expect(JSON.stringify(server.requests)).not.toMatch(/secret-\d|70029/);
    },
  ));

test('a run explores: one branch fails, the other does not, and the run goes on from the comparison', () =>
  withModel(
    (request) => {
      const { request: asked, branch, results } = present(request);
      if (branch === 'main') {
        if (results.length === 0)
          return call('explore', {
            tasks: [
              { name: 'mean', task: 'Take the mean.' },
              { name: 'broken', task: 'Fail.' },
            ],
          });
        return call('finish', { answer: 'The mean is 2.', evidence: ['r1'] });
      }
      if (asked.includes('Fail.')) return { fault: { kind: 'status', status: 401 } };
      if (results.length === 0)
        return call('run_sql', { sql: 'select avg(a) as m from (values (1), (3)) t(a), base' });
      return call('finish', { answer: 'The mean is 2.', evidence: ['r1'] });
    },
    async ({ kernel }) => {
      await kernel.execute('%%sql create table base as select 1 as b');
      const cell = await kernel.execute('Explore.', { metadata: { cellId: 'c' } });
      expect(cell.status).toBe('ok');
      expect(shown(cell)).toContain('Only mean came to an answer');
      expect(shown(cell)).toContain('The mean is 2.');
    },
  ));

test('an interrupt stops every branch', () => {
  let arrived = 0;
  let all: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    all = resolve;
  });
  const never = new Promise<void>(() => undefined);
  return withModel(
    () => {
      arrived += 1;
      if (arrived === 2) all();
      return { text: 'never', hold: never };
    },
    async ({ kernel }) => {
      const running = kernel.execute('%%ask --branches 2\nThink.');
      await asked;
      await kernel.interrupt();
      expect(errorOf(await running)).toContain('All branches were interrupted');
      expect((await kernel.execute('%%sql select 1')).status).toBe('ok');
    },
  );
});
