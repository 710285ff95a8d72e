#!/usr/bin/env node
/**
 * Times the agent with a scripted model, through the real kernel, SDK and HTTP: what the kernel adds to each turn of a
 * model, how soon the first text of a turn is shown, how soon an interrupt ends the run, and four branches side by side
 * beside one.
 *
 *     node tests/bench/agent.mjs [--quick] [--turns 60] [--texts 20] [--interrupts 5] [--rounds 2] [--seconds 2]
 *
 * A turn's overhead is the time from the moment the server has its answer ready to the moment it has read the next
 * request, where the step between them does nothing. `--seconds` is how long the model of the branches thinks a turn.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { buildKernel } from '../../kernel/build.mjs';
import { inTurns, numbersOf, report, sample } from './measure.mjs';

const ROOT = path.resolve(import.meta.dirname, '../..');
const { turns, texts, interrupts, rounds, seconds } = numbersOf({
  turns: [60, 10],
  texts: [20, 3],
  interrupts: [5, 1],
  rounds: [2, 1],
  seconds: [2, 0.2],
});
/** What a run is interrupted in: the model's turn, and steps that would go on for long, two of them deaf to interrupts. */
const STAGES = {
  'a turn of the model': null,
  'a query': ['run_sql', { sql: 'select count(*) from range(1e12::bigint) t(a) where a % 7 = 3' }],
  'a query that ignores it': ['run_sql', { sql: "select length(repeat('x', 2000000000))" }],
  Python: ['run_python', { code: 'while True: pass' }],
  'Python that ignores it': [
    'run_python',
    { code: 'import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass' },
  ],
};
/** Turns that come before those that are timed: the first loads the SDK. */
const WARM = 3;

const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'worldline-bench-')));
try {
  await buildKernel();
  const support = path.join(root, 'support');
  await buildKernel({
    outdir: support,
    entries: { client: 'tests/support/KernelClient.ts', server: 'tests/support/model-server.ts' },
  });
  const load = (name) => import(pathToFileURL(path.join(support, `${name}.js`)).href);
  const [{ KernelClient }, { startModelServer }] = await Promise.all([load('client'), load('server')]);
  const withKernel = kernelsOf(KernelClient, startModelServer);
  const ratio = { ratio: 1.5 };
  const sql = await branches(withKernel, 'run_sql', { sql: 'create or replace table t as select 1 as a' });
  const python = await branches(withKernel, 'run_python', { code: 'a = 1\nprint(a)' });
  report([
    {
      lines: [
        {
          ...{ what: 'added to a turn of the model', unit: 'ms', goal: { most: 10 } },
          ours: await overhead(withKernel, 'ask_user', { question: 'Which?' }),
        },
        {
          ...{ what: 'the same with SELECT 1, its time included', unit: 'ms' },
          ours: await overhead(withKernel, 'run_sql', { sql: 'select 1' }),
        },
        {
          ...{
            what: 'first text of a turn, from its arrival to the display',
            unit: 'ms',
            goal: { most: 100 },
          },
          ours: await firstText(withKernel),
        },
        ...(await inSequence(Object.entries(STAGES), async ([stage, call]) => ({
          what: `from an interrupt during ${stage} to the end of the cell`,
          ...{ unit: 'ms', goal: { most: 1000 }, ours: await interrupted(withKernel, call) },
        }))),
        {
          ...{ what: 'four branches at once', unit: 'ms', ours: sql.four, goal: ratio },
          ...{ beside: 'one run', peer: sql.one },
        },
        {
          ...{
            what: 'four branches at once, with steps in Python',
            unit: 'ms',
            ours: python.four,
            goal: ratio,
          },
          ...{ beside: 'one run', peer: python.one },
        },
      ],
    },
  ]);
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** Between the answer of one turn and the next request. */
function overhead(withKernel, tool, args) {
  const gaps = [];
  let answered = null;
  const script = (_, number) => {
    if (answered !== null && number > WARM) gaps.push(performance.now() - answered);
    answered = performance.now();
    if (number === turns + WARM) return { text: 'Done.' };
    return { calls: [{ name: tool, arguments: args }] };
  };
  return withKernel(script, async (kernel) => {
    await run(kernel, `%%ask --max-steps ${turns + 10}\nGo on.`);
    return sample(gaps);
  });
}

/**
 * From the moment the server writes the first text to the display that has it. It writes 120 ms after the request and later,
 * as models do: before that, the display rests from having been updated.
 */
function firstText(withKernel) {
  const times = [];
  let onRequest;
  const script = () => new Promise((answer) => onRequest(answer));
  return withKernel(script, async (kernel) => {
    for (let number = 0; number < texts; number += 1) {
      const request = new Promise((resolve) => {
        onRequest = resolve;
      });
      const running = run(kernel, 'Say it.');
      const answer = await during(running, request);
      await pause(120 + ((number * 37) % 200));
      const word = `word-${number}`;
      const shown = kernel.next(
        ({ type, content }) =>
          type === 'update_display_data' && String(content.data['text/html']).includes(word),
      );
      let finish;
      const holdHalfway = new Promise((resolve) => {
        finish = resolve;
      });
      const began = performance.now();
      answer({ text: `${word} `.repeat(8), holdHalfway });
      await during(running, shown);
      times.push(performance.now() - began);
      finish();
      await running;
    }
    return sample(times);
  });
}

/** From an interrupt, 300 ms into a stage, to the end of the cell. */
function interrupted(withKernel, call) {
  const times = [];
  let arrived;
  const script = ({ body: { messages } }) => {
    if (call === null) {
      arrived();
      return { text: 'never', hold: new Promise(() => {}) };
    }
    if (messages.at(-1).role === 'tool') return { text: 'Done.' };
    return { calls: [{ name: call[0], arguments: call[1] }] };
  };
  return withKernel(script, async (kernel) => {
    // The processes that the steps need are there before.
    await run(kernel, '%%sql select 1');
    if (call?.[0] === 'run_python') await run(kernel, '%%python 1');
    for (let round = 0; round < interrupts; round += 1) {
      const request = new Promise((resolve) => {
        arrived = resolve;
      });
      const running = kernel.execute('Go on.', { metadata: { cellId: 'c' } });
      await during(running, call === null ? request : kernel.next(isRunning));
      await pause(300);
      const began = performance.now();
      await kernel.interrupt();
      const { status } = await running;
      if (status !== 'error') throw new Error('The run was not interrupted.');
      times.push(performance.now() - began);
    }
    return sample(times);
  });
}

/** What comes while a cell runs. Rejects with what the cell showed where it is over first: nothing would come any more. */
function during(running, awaited) {
  const over = running.then(({ outputs }) => {
    const shown = outputs.map(({ content }) => content.evalue ?? content.text ?? content.data['text/plain']);
    throw new Error(`The cell was over too soon: ${shown.join('\n')}`);
  });
  return Promise.race([awaited, over]);
}

/** Does this message show a step that runs? */
function isRunning({ type, content }) {
  return type === 'update_display_data' && String(content.data['text/plain']).includes('▸');
}

/** One after the other. */
async function inSequence(items, work) {
  const done = [];
  for (const item of items) done.push(await work(item));
  return done;
}

/** A run of two steps and an answer, alone and as four branches. */
function branches(withKernel, tool, args) {
  const script = async ({ body: { messages } }) => {
    await pause(seconds * 1000);
    const present = messages.slice(messages.findLastIndex(({ role }) => role === 'user'));
    const steps = present.filter(({ role }) => role === 'tool').length;
    if (steps < 2) return { calls: [{ name: tool, arguments: args }] };
    return { calls: [{ name: 'finish', arguments: { answer: 'Done.', evidence: [] } }] };
  };
  return withKernel(script, async (kernel) => {
    await run(kernel, 'Do it.');
    return inTurns(rounds, {
      one: () => run(kernel, 'Do it.'),
      four: () => run(kernel, '%%ask --branches 4 --at-once 4\nDo it.'),
    });
  });
}

/** Kernels in folders of their own, each with a model server that plays a script. */
function kernelsOf(KernelClient, startModelServer) {
  return async (script, body) => {
    const [folder, home] = ['notebook-', 'home-'].map((name) => mkdtempSync(path.join(root, name)));
    const server = await startModelServer({ script });
    const kernel = await KernelClient.start({
      argv: [path.join(ROOT, 'kernel/dist/main.js'), '{connection_file}'],
      cwd: folder,
      env: {
        ...{ WORLDLINE_HOME: home, XDG_CONFIG_HOME: home, WORLDLINE_TURNS: '', WORLDLINE_PROVIDER: '' },
        ...{ OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'none', WORLDLINE_MODEL: 'scripted' },
      },
      timeout: 300_000,
    });
    try {
      const result = await body(kernel);
      await kernel.shutdown();
      return result;
    } catch (error) {
      // It may be what failed, and would not answer.
      kernel.process.signal('SIGKILL');
      throw error;
    } finally {
      await server.close();
    }
  };
}

async function run(kernel, code) {
  const execution = await kernel.execute(code, { metadata: { cellId: 'c' } });
  const { status, reply } = execution;
  if (status !== 'ok') throw new Error(`A cell failed: ${JSON.stringify(reply.content)}`);
  return execution;
}
