import { describe, expect, test } from '@jest/globals';
import {
  playedProvider,
  playRun,
  simpleTool,
  type PlayedTurn,
} from '../../../tests/support/model-server-agent.js';
import { exchanges } from './conversation/conversation.js';
import { ProviderError } from './providers/errors.js';
import { defaultLimits, type Approval, type Turn } from './types.js';

const sql = (query: string) => ['run_sql', { sql: query }] as const;
const finish = (answer: string, ...evidence: string[]): PlayedTurn => ({
  calls: [['finish', { answer, evidence }]],
});
const counting = simpleTool('run_sql', () => '42 rows');

/** Each call has one result, nothing is empty, and the last word is not the user's. */
function expectFollowable(turns: readonly Turn[]): void {
  expect(turns.at(-1)?.role).not.toBe('user');
  let open = new Set<string>();
  for (const turn of turns) {
    if (turn.role === 'tool') {
      expect(open.delete(turn.call)).toBe(true);
      continue;
    }
    expect([...open]).toEqual([]);
    if (turn.role === 'assistant') {
      expect(turn.text !== '' || turn.calls.length > 0).toBe(true);
      open = new Set(turn.calls.map(({ id }) => id));
    }
  }
  expect([...open]).toEqual([]);
  expect(exchanges(turns)).not.toHaveLength(0);
}

describe('answers', () => {
  test('the model looks, then finishes with evidence', async () => {
    const run = await playRun(
      [{ text: 'I look.', calls: [sql('SELECT 1')] }, finish('There are 42.', 'r1')],
      { tools: [counting] },
    );
    expect(run).toMatchObject({ state: 'done', answer: 'There are 42.', steps: ['r1', 'r2'] });
    expect(run.grounding).toMatchObject({ unmatched: 0, figures: [{ text: '42', step: 'r1' }] });
    expect(run.stepStates).toEqual(['r1 running', 'r1 ok', 'r2 running', 'r2 ok']);
    expectFollowable(run.turns);
  });

  test('plain text is an answer too, and a figure that no result has is found out', async () => {
    const run = await playRun([{ calls: [sql('SELECT 1')] }, { text: 'There are 43.' }], {
      tools: [counting],
    });
    expect(run).toMatchObject({ state: 'done', answer: 'There are 43.', grounding: { unmatched: 1 } });
  });

  test('a finish that names no evidence rests on the results of its run', async () => {
    const run = await playRun([{ calls: [sql('SELECT 1')] }, finish('There are 42, or 43.')], {
      tools: [counting],
    });
    expect(run.grounding).toMatchObject({
      unmatched: 1,
      figures: [{ text: '42', step: 'r1' }, { step: null }],
    });
  });

  test('an earlier result is evidence by its handle', async () => {
    const turns: Turn[] = [
      { role: 'user', text: 'Before' },
      { role: 'assistant', text: '', calls: [{ id: 'x', name: 'run_sql', arguments: '{}' }] },
      { role: 'tool', call: 'x', name: 'run_sql', text: '[r77] 1234', error: false, images: [] },
    ];
    const run = await playRun([finish('It was 1,234.', 'r77')], { context: { turns } });
    expect(run.grounding).toMatchObject({ unmatched: 0, figures: [{ step: 'r77' }] });
  });

  test('finish beside other calls is too early', async () => {
    const early: PlayedTurn = { calls: [sql('SELECT 1'), ['finish', { answer: '7', evidence: [] }]] };
    const run = await playRun([early, finish('There are 42.', 'r1')], { tools: [counting] });
    expect(run.answer).toBe('There are 42.');
    expect(run.turns.find((turn) => turn.role === 'tool' && turn.name === 'finish')).toMatchObject({
      error: true,
    });
  });

  test('an empty turn is asked about; a model that stays silent ends the run', async () => {
    expect(await playRun([{}, { text: 'Here.' }])).toMatchObject({ state: 'done', answer: 'Here.' });
    const silent = await playRun([{}, {}, {}]);
    expect(silent).toMatchObject({ state: 'error' });
    expectFollowable(silent.turns);
  });
});

describe('repair', () => {
  test('errors, unknown tools and bad arguments go back to the model', async () => {
    const tool = simpleTool('run_sql', ({ sql: text }) => {
      if (text === 'SELEC 1') throw new Error('Parser Error: syntax error at "SELEC"');
      return 'ok';
    });
    const run = await playRun(
      [
        { calls: [sql('SELEC 1')] },
        { calls: [['run_spark', {}]] },
        { calls: [['run_sql', '{"sql": ']] },
        { calls: [['run_sql', { sql: 5 }]] },
        { calls: [['run_sql', '{"sql": "SEL']], stop: 'length' },
        { calls: [sql('SELECT 1')] },
        finish('Done.'),
      ],
      { tools: [tool] },
    );
    const results = run.turns.flatMap((turn) => (turn.role === 'tool' ? [turn.text] : []));
    expect(results.slice(0, 6)).toEqual([
      expect.stringContaining('Parser Error'),
      expect.stringContaining('no tool "run_spark"'),
      expect.stringContaining('not valid JSON'),
      expect.stringContaining('"sql" to be of type string'),
      expect.stringContaining('cut off by the output limit'),
      '[r6] ok',
    ]);
    expect(run.state).toBe('done');
    expectFollowable(run.turns);
  });

  test('the same failing call three times ends the run', async () => {
    const failing = simpleTool('run_sql', () => {
      throw new Error('no such table');
    });
    const turn = { calls: [sql('FROM x')] };
    const run = await playRun([turn, turn, turn, turn], { tools: [failing] });
    expect(run).toMatchObject({
      state: 'error',
      error: { name: 'RepeatedFailure' },
      steps: ['r1', 'r2', 'r3'],
    });
    expectFollowable(run.turns);
  });

  test('a provider that fails is told, and what had come of the answer is kept', async () => {
    const throws = new ProviderError('truncated', 'The answer broke off.');
    const run = await playRun([{ text: 'Half', throws }]);
    expect(run).toMatchObject({
      state: 'error',
      answer: 'Half',
      error: { name: 'ProviderError', message: throws.message },
    });
    expectFollowable(run.turns);
  });
});

describe('limits', () => {
  const step = { calls: [sql('SELECT 1')], tokens: 60, cost: 0.3 };
  test.each([
    ['steps', { steps: 2 }, 'the limit of 2 steps'],
    ['tokens', { tokens: 100 }, 'the limit of 100 tokens'],
    ['usd', { usd: 0.5 }, 'the limit of $0.5'],
  ])(
    '%s: one last turn without tools, and the answer says that it is partial',
    async (_name, limit, words) => {
      const run = await playRun([step, step, { text: 'So far 42.' }], {
        tools: [counting],
        config: { limits: { ...defaultLimits, ...limit } },
      });
      expect(run.state).toBe('partial');
      expect(run.answer).toContain(words);
      expect(run.answer).toContain('So far 42.');
      expect(run.requests.map(({ toolChoice }) => toolChoice)).toEqual(['auto', 'auto', 'none']);
      const [figure] = run.grounding?.figures ?? [];
      expect(run.answer.slice(figure?.start, figure?.end)).toBe('42');
      expectFollowable(run.turns);
    },
  );

  test('a limit in the middle of a batch leaves the other calls answered, but not run', async () => {
    const batch = { calls: [sql('SELECT 1'), sql('SELECT 2'), sql('SELECT 3')] };
    const run = await playRun([batch, { text: 'Partly.', calls: [sql('SELECT 4')] }], {
      tools: [counting],
      config: { limits: { ...defaultLimits, steps: 2 } },
    });
    expect(run).toMatchObject({ state: 'partial', steps: ['r1', 'r2'] });
    expectFollowable(run.turns);
  });

  test('the wall clock stops a tool, and the model answers from what it has', async () => {
    const slow = simpleTool(
      'run_sql',
      (_args, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('stopped'));
          });
        }),
    );
    const run = await playRun([{ calls: [sql('SELECT 1')] }, { text: 'Nothing yet.' }], {
      tools: [slow],
      // By the clock that is looked at, no time goes by: a timer may be a little ahead of it.
      config: { limits: { ...defaultLimits, time: 30 }, now: () => 0 },
    });
    expect(run.state).toBe('partial');
    expect(run.stepStates).toContain('r1 interrupted');
    expectFollowable(run.turns);
  });

  test('a price table makes the cost where the server tells none', async () => {
    const run = await playRun([{ text: 'Hi', tokens: 10 }], { config: { price: () => 0.25 } });
    expect(run.usage).toMatchObject({ inputTokens: 10, cost: 0.25 });
  });
});

describe('interrupts', () => {
  const never = new Promise<void>(() => undefined);

  test('before the run, and while the model writes: what had come is kept', async () => {
    expect(await playRun([{ text: 'Hi' }], { signal: AbortSignal.abort() })).toMatchObject({
      state: 'interrupted',
      answer: '',
    });
    const stop = new AbortController();
    const run = await playRun([{ text: 'Half an', hold: never }], {
      signal: stop.signal,
      onEvent: ({ type }) => {
        if (type === 'text') stop.abort();
      },
    });
    expect(run).toMatchObject({ state: 'interrupted', answer: 'Half an' });
    expectFollowable(run.turns);
  });

  test.each(['heeds', 'ignores'])(
    'in a tool that %s it: every call has a result, and no other ran',
    async (how) => {
      const stop = new AbortController();
      const tool = simpleTool(
        'run_sql',
        (_args, signal) =>
          new Promise((_resolve, reject) => {
            if (how === 'heeds')
              signal.addEventListener('abort', () => {
                reject(new Error('interrupted'));
              });
            stop.abort();
          }),
      );
      const run = await playRun([{ calls: [sql('SELECT 1'), sql('SELECT 2')] }], {
        tools: [tool],
        signal: stop.signal,
      });
      expect(run).toMatchObject({ state: 'interrupted', steps: ['r1'] });
      expect(run.stepStates.at(-1)).toBe('r1 interrupted');
      expectFollowable(run.turns);
      const next = playedProvider([{ text: 'Going on.' }]);
      const after = await playRun(next, { context: { turns: run.turns, request: 'Go on.' } });
      expect(after.answer).toBe('Going on.');
      expectFollowable([...run.turns, ...after.turns]);
    },
  );

  test('while waiting for approval', async () => {
    const stop = new AbortController();
    const run = await playRun([{ calls: [sql('SELECT 1')] }], {
      tools: [counting],
      signal: stop.signal,
      config: {
        approval: 'all',
        approve: (_step, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              reject(new Error('interrupted'));
            });
            stop.abort();
          }),
      },
    });
    expect(run).toMatchObject({ state: 'interrupted' });
    expectFollowable(run.turns);
  });
});

describe('a person in the loop', () => {
  const script = (query: string): PlayedTurn[] => [{ calls: [sql(query)] }, { text: 'Done.' }];
  const ran: string[] = [];
  const tool = simpleTool('run_sql', ({ sql: text }) => {
    ran.push(String(text));
    return 'ok';
  });
  const play = (query: string, approval: 'writes' | 'all', answer?: Approval) => {
    ran.length = 0;
    const approve = answer === undefined ? {} : { approve: () => Promise.resolve(answer) };
    return playRun(script(query), { tools: [tool], config: { approval, ...approve } });
  };

  test('only writing steps are asked about, or all', async () => {
    expect((await play('SELECT 1', 'writes', { action: 'skip' })).stepStates).toEqual([
      'r1 running',
      'r1 ok',
    ]);
    expect((await play('CREATE 1', 'writes', { action: 'run' })).stepStates).toEqual([
      'r1 waiting',
      'r1 running',
      'r1 ok',
    ]);
    expect((await play('SELECT 1', 'all', { action: 'skip', reason: 'no' })).stepStates).toEqual([
      'r1 waiting',
      'r1 skipped',
    ]);
    expect(ran).toEqual([]);
  });

  test('an edited step runs as edited, and the model is told', async () => {
    const run = await play('CREATE 1', 'writes', { action: 'edit', code: 'CREATE 2' });
    expect(ran).toEqual(['CREATE 2']);
    expect(run.turns.find(({ role }) => role === 'tool')).toMatchObject({
      text: expect.stringContaining('CREATE 2'),
    });
  });

  test('stop ends the run; with nobody to ask, the step is not run', async () => {
    const stopped = await play('CREATE 1', 'writes', { action: 'stop' });
    expect(stopped).toMatchObject({ state: 'interrupted' });
    expectFollowable(stopped.turns);
    expect((await play('CREATE 1', 'writes')).stepStates).toEqual(['r1 waiting', 'r1 skipped']);
    expect(ran).toEqual([]);
  });

  test('a remark is put to the model between two steps', async () => {
    const remarks = [[], ['Only 2023, please.']];
    const run = await playRun([{ calls: [sql('SELECT 1')] }, { text: 'Only 2023.' }], {
      tools: [counting],
      config: { remarks: () => remarks.shift() ?? [] },
    });
    expect(run.requests[1]?.turns.at(-1)).toMatchObject({
      role: 'user',
      text: expect.stringContaining('Only 2023, please.'),
    });
    expectFollowable(run.turns);
  });
});
