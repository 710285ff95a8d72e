#!/usr/bin/env node
/**
 * Times the agent with a scripted model, through the real kernel, SDK and HTTP: what the kernel adds to each turn of a
 * model, how soon the first text of a turn is shown, and four branches side by side against one. Prints JSON, in
 * milliseconds.
 *
 *     node tests/bench/agent.mjs [--turns 60] [--texts 20] [--seconds 2]
 *
 * A turn's overhead is the time from the moment the server has its answer ready to the moment it has read the next
 * request, where the step between them does nothing. `--seconds` is how long the model of the branches thinks a turn.
 */
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildKernel } from '../../kernel/build.mjs';

const ROOT = path.resolve(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    turns: { type: 'string', default: '60' },
    texts: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '2' },
  },
});
const [turns, texts, seconds] = [values.turns, values.texts, values.seconds].map(Number);

const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'worldline-bench-')));

class Bench {
  constructor(KernelClient, startModelServer) {
    this.client = KernelClient;
    this.serve = startModelServer;
  }

  async withKernel(script, body) {
    const folder = mkdtempSync(path.join(root, 'notebook-'));
    const home = mkdtempSync(path.join(root, 'home-'));
    mkdirSync(path.join(home, 'config'));
    copyFileSync(
      path.join(ROOT, 'node_modules/vega-datasets/data/seattle-weather.csv'),
      path.join(folder, 'seattle-weather.csv'),
    );
    const server = await this.serve({ script });
    const kernel = await this.client.start({
      argv: [path.join(ROOT, 'kernel/dist/main.js'), '{connection_file}'],
      cwd: folder,
      env: {
        WORLDLINE_HOME: home,
        XDG_CONFIG_HOME: path.join(home, 'config'),
        OPENAI_BASE_URL: server.url,
        OPENAI_API_KEY: 'none',
        WORLDLINE_MODEL: 'scripted',
        WORLDLINE_TURNS: '',
        WORLDLINE_PROVIDER: '',
      },
      timeout: 300_000,
    });
    try {
      return await body(kernel);
    } finally {
      await kernel.shutdown();
      await server.close();
    }
  }

  /** Between the answer of one turn and the next request; the first turns, which load the SDK, are left out. */
  overhead(tool, args) {
    const gaps = [];
    let answered = null;
    const script = (_, number) => {
      const now = performance.now();
      if (answered !== null && number > 3) gaps.push(now - answered);
      const last = number === turns + 3;
      answered = last ? null : performance.now();
      if (last) return { text: 'Done.' };
      return { calls: [{ name: tool, arguments: { ...args } }] };
    };
    return this.withKernel(script, async (kernel) => {
      await ok(kernel.execute(`%%ask --max-steps ${turns + 10}\nGo on.`, { metadata: { cellId: 'c' } }));
      return spread(gaps);
    });
  }

  /**
   * From the moment the server writes the first text to the display that has it. It writes 120 ms after the request and later,
   * as models do: before that, the display rests from having been updated.
   */
  firstText() {
    const times = [];
    let asked;
    const script = () =>
      new Promise((resolve) => {
        asked.arrived((turn) => resolve(turn));
      });
    return this.withKernel(script, async (kernel) => {
      for (let number = 0; number < texts; number += 1) {
        const begun = new Promise((resolve) => {
          asked = { arrived: resolve };
        });
        const running = kernel.execute('Say it.', { metadata: { cellId: 'c' } });
        const answer = await begun;
        await pause(120 + ((number * 37) % 200));
        const text = `word-${number} `.repeat(8);
        let finish;
        const holdHalfway = new Promise((resolve) => {
          finish = resolve;
        });
        const shown = kernel.next(
          ({ type, content }) =>
            type === 'update_display_data' &&
            String(content.data['text/html']).includes(`word-${number} word-${number}`),
        );
        const began = performance.now();
        answer({ text, holdHalfway });
        await shown;
        times.push(performance.now() - began);
        finish();
        await ok(running);
      }
      return spread(times);
    });
  }

  /** A run of two steps and an answer, alone and as four branches, each in a kernel that has run one before. */
  branches(tool, args) {
    const script = async (request) => {
      await pause(seconds * 1000);
      const { messages } = request.body;
      const results = messages.slice(messages.findLastIndex(({ role }) => role === 'user') + 1);
      const steps = results.filter(({ role }) => role === 'tool').length;
      if (steps < 2) return { calls: [{ name: tool, arguments: args }] };
      return { calls: [{ name: 'finish', arguments: { answer: 'Done.', evidence: [] } }] };
    };
    return this.withKernel(script, async (kernel) => {
      const time = async (line) => {
        const began = performance.now();
        await ok(kernel.execute(`${line}\nDo it.`, { metadata: { cellId: 'c' } }));
        return performance.now() - began;
      };
      await time('%%ask');
      const one = await time('%%ask');
      const four = await time('%%ask --branches 4 --at-once 4');
      return { one: round(one), four: round(four), ratio: round(four / one) };
    });
  }
}

async function ok(running) {
  const { status, reply } = await running;
  if (status !== 'ok') throw new Error(`A cell failed: ${JSON.stringify(reply.content)}`);
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function spread(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]);
  return { median: at(0.5), most: at(0.95), worst: at(1) };
}

function round(number) {
  return Math.round(number * 100) / 100;
}

try {
  await buildKernel();
  const support = path.join(root, 'support');
  await buildKernel({
    outdir: support,
    entries: { client: 'tests/support/KernelClient.ts', server: 'tests/support/model-server.ts' },
  });
  const load = (name) => import(pathToFileURL(path.join(support, `${name}.js`)).href);
  const { KernelClient } = await load('client');
  const { startModelServer } = await load('server');
  const bench = new Bench(KernelClient, startModelServer);
  const result = {
    overhead: await bench.overhead('ask_user', { question: 'Which?' }),
    overheadWithSql: await bench.overhead('run_sql', { sql: "select count(*) from 'seattle-weather.csv'" }),
    firstText: await bench.firstText(),
    branches: await bench.branches('run_sql', { sql: 'create or replace table t as select 1 as a' }),
    branchesWithPython: await bench.branches('run_python', { code: 'a = 1\nprint(a)' }),
  };
  console.log(JSON.stringify(result, null, 2));
} finally {
  rmSync(root, { recursive: true, force: true });
}
