import { afterAll, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startModelServer, type ScriptedTurn, type SeenRequest } from '../support/model-server.js';
import type { Result } from './results.js';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'worldline-eval-')));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const TABLES = 'node_modules/vega-datasets/data';
const QUESTIONS = 'examples/eval/questions.jsonl';

/** How a model that knows better gets at each of the answers, by the file's first word and the values asked for. */
const SOLUTIONS: Readonly<Record<string, string>> = {
  '@days':
    "select count(*) as days, count(*) filter (weather = 'rain') as rain_days from 'seattle-weather.csv'",
  '@year':
    "select year(date) as year, round(sum(precipitation), 1) precipitation from 'seattle-weather.csv' group by 1 order by 2 desc limit 1",
  '@correlation[r] where r':
    "select round(corr(temp_max, temp_min), 3) correlation from 'seattle-weather.csv'",
  '@state': "select state, count(*) airports from 'airports.csv' group by 1 order by 2 desc limit 1",
  '@month': `with m as (select strptime(date, '%b %-d %Y') d, price from 'sp500.csv'),
    c as (select d, price / lag(price) over (order by d) - 1 r from m)
    select strftime(arg_min(d, r), '%Y-%m') as month, round(100 * min(r), 2) change from c`,
  '@median_income':
    "select round(median(income)) median_income, round(corr(ln(income), health), 2) correlation from 'gapminder-health-income.csv'",
  '@mean_co2': "select round(avg(CO2), 2) mean_co2 from 'co2-concentration.csv' where year(Date) = 2000",
};

interface Message {
  readonly role: string;
  readonly content: string;
}
const messagesOf = ({ body }: SeenRequest): readonly Message[] => body['messages'] as Message[];

/** Queries first, and then answers with what the result holds. */
function solve(request: SeenRequest): ScriptedTurn {
  const messages = messagesOf(request);
  const asked = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const [, sql = ''] = Object.entries(SOLUTIONS).find(([key]) => asked.includes(key)) ?? [];
  const result = messages.findLast(({ role }) => role === 'tool')?.content;
  if (result === undefined)
    return {
      calls: [{ name: 'run_sql', arguments: { sql } }],
      usage: { input: 100, output: 10, cost: 0.01 },
    };
  const [head = '', row = ''] = result.split('\n').slice(2);
  const names = head.split(' | ').map((column) => column.split(' ')[0] ?? '');
  const values = row.split(' | ').map((value) => Number(value) || value);
  const answer = names.map((name, at) => `@${name}[${values[at] ?? ''}]`).join('\n');
  return { calls: [{ name: 'finish', arguments: { answer, evidence: ['r1'] } }] };
}

interface Ran {
  readonly code: number | null;
  readonly printed: string;
}
function start(url: string, args: readonly string[]): { child: ChildProcess; ended: Promise<Ran> } {
  const child = spawn(process.execPath, ['tests/eval/run.mjs', ...args], {
    env: {
      ...{ PATH: process.env['PATH'], HOME: root, WORLDLINE_PREWARM: '0' },
      ...{ OPENAI_BASE_URL: url, WORLDLINE_MODEL: 'scripted' },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const parts: string[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part.toString()));
  child.stderr.on('data', (part: Buffer) => parts.push(part.toString()));
  const ended = once(child, 'close').then(([code]) => ({
    code: code as number | null,
    printed: parts.join(''),
  }));
  return { child, ended };
}

function resultsIn(out: string): Result[] {
  const text = readFileSync(join(out, 'results.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Result);
}

test('the questions of the examples: right, wrong and malformed answers are scored, each in a worldline of its own', async () => {
  const out = join(root, 'all');
  const server = await startModelServer({
    script: (request) => {
      const turn = solve(request);
      const call = turn.calls?.[0];
      if (call?.name !== 'finish') return turn;
      const { answer } = call.arguments as { answer: string };
      if (answer.includes('@state')) return { text: 'Alaska, with 263.' };
      if (answer.includes('@mean_co2')) return { text: 'It was @mean_co2[369.9].' };
      return turn;
    },
  });
  try {
    const ran = await start(server.url, ['--questions', QUESTIONS, '--tables', TABLES, '--out', out]).ended;
    expect(ran).toMatchObject({ code: 0 });
    expect(server.violations).toEqual([]);
    const results = resultsIn(out);
    const by = new Map(results.map((result) => [result.id, result]));
    expect([...by.keys()].sort()).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    const wrong = results.filter(({ right }) => !Object.values(right).every(Boolean)).map(({ id }) => id);
    expect(wrong.sort()).toEqual(['4', '7']);
    expect(by.get('4')).toMatchObject({ given: {}, right: { state: false, airports: false } });
    expect(by.get('7')).toMatchObject({ given: { mean_co2: '369.9' }, unchecked: 1 });
    expect(by.get('5')).toMatchObject({ given: { month: '2008-10', change: '-16.94' }, state: 'done' });
    expect(by.get('1')?.steps).toMatchObject([{ tool: 'run_sql' }, { tool: 'finish' }]);
    const page = readFileSync(join(out, 'report.md'), 'utf8');
    expect(page).toContain('| questions with every value right | 71.4 % of 7 |');
    expect(page).toContain('| answers without a value that was asked for | 1 |');
    expect(page).toContain('| cost | $0.0700 |');
    expect(page).toContain('| mean_co2 | 369.47 | 369.9 |');
    // No conversation knows another question.
    for (const request of server.requests)
      expect(messagesOf(request).filter(({ role }) => role === 'user')).toHaveLength(1);
    expect(existsSync(join(out, 'store'))).toBe(false);
  } finally {
    await server.close();
  }
});

test('killed in the middle, it goes on with what has no result yet; a failed run is asked again', async () => {
  const out = join(root, 'resumed');
  const args = ['--questions', QUESTIONS, '--tables', TABLES, '--out', out, '--at-once', '1', '--limit', '4'];
  const held = new Promise<void>(() => undefined);
  let third: () => void = () => undefined;
  const thirdAsked = new Promise<void>((resolve) => {
    third = resolve;
  });
  const first = await startModelServer({
    script: (request) => {
      const asked = messagesOf(request).at(-1)?.content ?? '';
      if (asked.includes('Which year')) return { fault: { kind: 'status', status: 401 } };
      if (!asked.includes('correlation')) return solve(request);
      third();
      return { text: '', hold: held };
    },
  });
  try {
    const { child, ended } = start(first.url, args);
    await thirdAsked;
    child.kill('SIGKILL');
    await ended;
  } finally {
    await first.close();
  }
  expect(resultsIn(out).map(({ id, state }) => [id, state])).toEqual([
    ['1', 'done'],
    ['2', 'error'],
  ]);
  // A kill may cut the last line off.
  writeFileSync(join(out, 'results.jsonl'), '{"id":"3","sta', { flag: 'a' });
  const second = await startModelServer({ script: solve });
  try {
    const ran = await start(second.url, args).ended;
    expect(ran).toMatchObject({ code: 0 });
    const asked = second.requests.map((request) => messagesOf(request)[1]?.content ?? '');
    expect(asked.some((text) => text.includes('How many days'))).toBe(false);
    expect(readFileSync(join(out, 'report.md'), 'utf8')).toContain('100.0 % of 4');
    const again = await start(second.url, args).ended;
    expect([again.code, second.requests.length]).toEqual([0, asked.length]);
  } finally {
    await second.close();
  }
});

test('a model that keeps failing, results of another model, and readable labels end it with a sentence', async () => {
  const out = join(root, 'failing');
  const base = ['--questions', QUESTIONS, '--tables', TABLES, '--out', out];
  const fault = { kind: 'status', status: 402 } as const;
  const server = await startModelServer({ script: () => ({ fault }) });
  try {
    const failing = await start(server.url, base).ended;
    expect(failing.code).toBe(1);
    expect(failing.printed).toContain('3 runs failed one after the other');
    const other = await start(server.url, [...base, '--model', 'another']).ended;
    expect([other.code, other.printed]).toEqual([1, expect.stringContaining('are of scripted')]);
    const labels = ['--labels', `${TABLES}/airports.csv`];
    const open = await start(server.url, [...base, ...labels]).ended;
    expect([open.code, open.printed]).toEqual([1, expect.stringContaining('can be read by the model')]);
  } finally {
    await server.close();
  }
});
