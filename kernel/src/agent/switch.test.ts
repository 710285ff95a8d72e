import { afterEach, expect, test } from '@jest/globals';
import { playRun, simpleTool } from '../../../tests/support/model-server-agent.js';
import { startModelServer, type ModelServer } from '../../../tests/support/model-server.js';
import { testClock } from '../../../tests/support/model-server-helpers.js';
import { GeminiProvider } from './providers/gemini.js';
import { OpenAIProvider } from './providers/openai.js';
import type { Provider, Turn } from './types.js';

let server: ModelServer;
afterEach(() => server.close());

test('a conversation goes on over providers and models, over an interrupt, bad arguments and a failure', async () => {
  const calls = [
    { name: 'run_sql', arguments: { sql: 'SELECT 1' } },
    { name: 'run_sql', arguments: '{"sql": "SELECT' },
  ];
  const whole = (number: number) =>
    [1, 2].map((part) => ({ name: 'run_sql', arguments: { sql: `SELECT ${number}, ${part}` } }));
  server = await startModelServer({
    script: (request, number) => {
      const body = JSON.stringify(request.body);
      if (body.includes('FAIL')) return { fault: { kind: 'status', status: 400 } };
      const reasoning = 'Let me think.';
      const first = number % 2 === 0;
      if (!first) return { text: `Answer ${number}`, reasoning, signature: 'c2ln' };
      return request.api === 'gemini'
        ? { text: 'I look.', reasoning, signature: 'c2ln', calls: whole(number) }
        : { text: 'I look.', reasoning, calls, dialect: 'openrouter' };
    },
  });
  const clock = testClock();
  const openai = (provider: 'openai' | 'openrouter', model: string): Provider =>
    new OpenAIProvider({ provider, model, baseUrl: server.url, key: 'k', images: true, clock });
  const gemini = (model: string): Provider =>
    new GeminiProvider({ model, baseUrl: server.geminiUrl, key: 'k', clock });
  const providers = [
    openai('openrouter', 'a/b'),
    gemini('gemini-3.8-flash'),
    openai('openai', 'gpt-x'),
    gemini('gemini-2.5-pro'),
    gemini('gemini-3.8-flash'),
    openai('openrouter', 'a/b'),
  ];
  const turns: Turn[] = [];
  for (const provider of providers) {
    const tool = simpleTool('run_sql', () => '42');
    const run = await playRun(provider, { tools: [tool], context: { turns, request: 'Next?' } });
    expect([run.error, server.violations]).toEqual([undefined, []]);
    expect(run).toMatchObject({ state: 'done', answer: expect.stringContaining('Answer') });
    turns.push(...run.turns);
    const stopped = await playRun(provider, {
      tools: [tool],
      context: { turns, request: 'Stop.' },
      signal: AbortSignal.abort(),
    });
    turns.push(...stopped.turns);
  }
  const failed = await playRun(openai('openai', 'gpt-x'), { context: { turns, request: 'FAIL' } });
  expect(failed.state).toBe('error');
  expect(server.violations).toEqual([]);
});
