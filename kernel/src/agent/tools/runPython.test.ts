import { expect, test } from '@jest/globals';
import type { Ports } from '../ports.js';
import { done, results } from './testing.js';

test('run_python: output, charts, files and errors', async () => {
  const python: Ports['python'] = {
    variables: () => Promise.resolve([]),
    execute: (code, { onEvent }) => {
      onEvent({ type: 'stream', name: 'stdout', text: 'mean 3.5\n' });
      onEvent({
        type: 'display',
        data: { 'image/png': 'aGk=', 'text/plain': '<Figure>' },
        metadata: {},
        update: false,
      });
      const shared = { milliseconds: 5, artifacts: [{ path: 'out.csv', type: 'csv' as const, bytes: 12 }] };
      if (code === 'ok') return Promise.resolve({ status: 'ok', ...shared });
      return Promise.resolve({
        status: 'error',
        ...shared,
        ename: 'KeyError',
        evalue: "'x'",
        traceback: ["\u001b[31mKeyError\u001b[0m: 'x'"],
      });
    },
  };
  const run = await results(
    [
      {
        calls: [
          ['run_python', { code: 'ok' }],
          ['run_python', { code: 'bad' }],
        ],
      },
      done,
    ],
    { ports: { python } },
  );
  expect(run.texts[0]).toBe(
    '[r1] <result of="r1">\nmean 3.5\n(a chart: it is shown in the notebook)\nFiles written: out.csv (12 bytes)\n</result>',
  );
  expect(run.texts[1]).toContain("KeyError: 'x'");
  expect(run.turns.find(({ role }) => role === 'tool')).toMatchObject({
    images: [{ mime: 'image/png', base64: 'aGk=' }],
  });
  const answer = 'The mean is 3.5, over 12 bytes or 7.';
  const failed = await results(
    [{ calls: [['run_python', { code: 'bad = 7' }]] }, { calls: [['finish', { answer, evidence: ['r1'] }]] }],
    { ports: { python } },
  );
  expect(failed.grounding).toMatchObject({
    unknown: [],
    figures: [{ text: '3.5', step: 'r1' }, { source: 'none' }, { step: 'r1', source: 'code' }],
  });
  const without = await results([{ calls: [['run_python', { code: 'ok' }]] }, done]);
  expect(without.texts[0]).toContain('There is no tool "run_python"');
});

test('code that caught the interrupt of its time limit and went on has failed', async () => {
  const told = 'Stopped after 30 s, the time limit. The code caught the KeyboardInterrupt.';
  const python: Ports['python'] = {
    variables: () => Promise.resolve([]),
    execute: (_code, { onEvent }) => {
      onEvent({ type: 'stream', name: 'stdout', text: 'mean 3.5\n' });
      onEvent({ type: 'notice', text: told, timedOut: true });
      return Promise.resolve({ status: 'ok', milliseconds: 30_000, artifacts: [] });
    },
  };
  const run = await results([{ calls: [['run_python', { code: 'x' }]] }, done], { ports: { python } });
  expect(run.texts).toEqual([`[r1] <result of="r1">\nmean 3.5\n${told}\n</result>`]);
  expect(run.events.filter((event) => event.type === 'step').at(-1)?.step).toMatchObject({
    state: 'error',
    summary: told,
  });
});
