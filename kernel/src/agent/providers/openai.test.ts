import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Dialect, ScriptedTurn } from '../../../../tests/support/model-server.js';
import {
  answeredTurns,
  cuts,
  failureOf,
  modelRequest,
  servers,
  streamAll,
  testClock,
} from '../../../../tests/support/model-server-helpers.js';
import type { ProviderError } from './errors.js';
import { OpenAIProvider, type OpenAISettings } from './openai.js';

const KEY = 'sk-secret-1234567890';

const { serve, asked, close } = servers();
const failure = (promise: Promise<unknown>): Promise<ProviderError> => failureOf(promise, KEY);

function provider(url: string, more: Partial<OpenAISettings> = {}): OpenAIProvider {
  const clock = testClock();
  return new OpenAIProvider({
    provider: 'compatible',
    model: 'scripted',
    baseUrl: url,
    key: KEY,
    images: true,
    clock,
    ...more,
  });
}

const twoCalls: ScriptedTurn = {
  text: 'Ich sehe nach – 数据 🐍.',
  calls: [
    { name: 'run_sql', arguments: { sql: "SELECT 'ä–漢🐍' AS a" } },
    { name: 'run_sql', arguments: { sql: 'SELECT 2' } },
  ],
};
const half: ScriptedTurn = { text: 'half an answer' };

describe('streams', () => {
  const dialects: Dialect[] = ['openai', 'ollama', 'vllm', 'llamacpp', 'proxy', 'openrouter'];
  test.each(dialects)('%s: two calls come out whole at any split of the bytes', async (dialect) => {
    await fc.assert(
      fc.asyncProperty(cuts, fc.boolean(), fc.boolean(), async (split, crlf, comments) => {
        const { url, violations } = await serve({
          ...twoCalls,
          reasoning: 'Erst 思考…',
          dialect,
          split,
          crlf,
          comments,
        });
        const { turn, streamed, stop, reasoning, events } = await streamAll(provider(url));
        expect([streamed, turn.text, reasoning]).toEqual([twoCalls.text, twoCalls.text, 'Erst 思考…']);
        expect(turn.calls.map((call): unknown[] => [call.name, JSON.parse(call.arguments)])).toEqual(
          twoCalls.calls?.map((call) => [call.name, call.arguments]),
        );
        expect(new Set(turn.calls.map(({ id }) => id)).size).toBe(2);
        const pieces = turn.calls.map((_, place) =>
          events.map((event) => (event.type === 'call' && event.place === place ? event.piece : '')).join(''),
        );
        expect(pieces).toEqual(turn.calls.map((call) => call.arguments));
        expect(stop).toBe('calls');
        expect(violations).toEqual([]);
      }),
      { seed: 7, numRuns: 12 },
    );
  });

  test('a server that ignores stream: true is read as one document, whatever content type it claims', async () => {
    const { url } = await serve({ ...twoCalls, plainJson: true });
    expect((await streamAll(provider(url))).turn).toMatchObject({ text: twoCalls.text, calls: [{}, {}] });
    const body = JSON.stringify({
      choices: [{ message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
    });
    const { url: other } = await serve({ body: `\n${body}`, contentType: 'text/event-stream' });
    expect((await streamAll(provider(other))).turn.text).toBe('Hello.');
  });

  test('usage is read from the last chunk, with the cost where the server tells it', async () => {
    const { url, requests } = await serve({
      text: 'Hi',
      usage: { input: 90, output: 12, cached: 40, cost: 0.0021 },
      dialect: 'openrouter',
    });
    const { usage } = await streamAll(
      provider(url, { provider: 'openrouter', headers: { 'X-Title': 'Worldline' } }),
    );
    expect(usage).toEqual({
      inputTokens: 90,
      cachedTokens: 40,
      outputTokens: 12,
      reasoningTokens: 0,
      cost: 0.0021,
    });
    expect(requests[0]?.body).toMatchObject({
      usage: { include: true },
      stream_options: { include_usage: true },
    });
    expect(requests[0]?.headers['x-title']).toBe('Worldline');
  });

  test('reasoning_details go back unchanged, and only to the model that wrote them', async () => {
    const turn: ScriptedTurn = {
      ...twoCalls,
      reasoning: 'I shall count the rows first.',
      dialect: 'openrouter',
    };
    const { url, violations, requests } = await serve(turn, { text: '42' }, { text: '42' });
    const router = provider(url, { provider: 'openrouter' });
    const { turn: assistant } = await streamAll(router);
    await streamAll(router, modelRequest(answeredTurns(assistant)));
    expect(violations).toEqual([]);
    expect(requests[1]?.body['messages']).toMatchObject([{}, {}, { reasoning_details: [{}, {}] }, {}, {}]);
    const { url: elsewhere, requests: seen } = await serve({ text: '42' });
    await streamAll(provider(elsewhere), modelRequest(answeredTurns(assistant)));
    expect(JSON.stringify(seen[0]?.body)).not.toContain('reasoning_details');
  });

  test('unknown fields of a call come back with it', async () => {
    const call = {
      index: 0,
      id: 'c1',
      type: 'function',
      extra_content: { google: { thought_signature: 'sig' } },
      function: { name: 'run_sql', arguments: '{}' },
    };
    const body = [{ delta: { tool_calls: [call] }, finish_reason: 'tool_calls' }]
      .map((choice) => `data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}\n\n`)
      .join('');
    const { url, requests } = await serve({ body }, { text: 'done' });
    const model = provider(url);
    const { turn } = await streamAll(model);
    await streamAll(model, modelRequest(answeredTurns(turn)));
    expect(JSON.stringify(requests[1]?.body)).toContain(
      '"extra_content":{"google":{"thought_signature":"sig"}}',
    );
  });

  test('arguments cut off by the output limit, or reported as a call all the same, stay as they are', async () => {
    for (const finish of ['length', 'tool_calls']) {
      const { url, violations } = await serve(
        { calls: [{ name: 'run_sql', arguments: '{"sql": "SEL' }], finish },
        { text: 'ok' },
      );
      const model = provider(url);
      const { turn, stop } = await streamAll(model);
      expect(turn.calls[0]?.arguments).toBe('{"sql": "SEL');
      expect(stop).toBe(finish === 'length' ? 'length' : 'calls');
      await streamAll(model, modelRequest(answeredTurns(turn)));
      expect(violations).toEqual([]);
    }
  });
});

describe('failures', () => {
  test('no finish reason, an early end and a reset are a truncated turn, tried once more', async () => {
    for (const broken of [
      { ...half, finish: null },
      { ...half, finish: null, noDone: true },
      { ...half, fault: { kind: 'reset', when: 'halfway' } },
      { body: '' },
    ] satisfies ScriptedTurn[]) {
      const { url, requests } = await serve(broken, broken);
      const error = await failure(streamAll(provider(url)));
      expect(error.kind).toBe('truncated');
      expect('half an answer').toContain(error.partial);
      expect(requests).toHaveLength(2);
    }
  });

  test('what was streamed before a new try is void', async () => {
    const { url } = await serve(
      { ...half, fault: { kind: 'reset', when: 'halfway' } },
      { text: 'a whole answer' },
    );
    const { events, turn } = await streamAll(provider(url));
    const retry = events.findIndex(({ type }) => type === 'retry');
    const after = events.slice(retry).map((event) => (event.type === 'text' ? event.text : ''));
    expect(after.join('')).toBe('a whole answer');
    expect(turn.text).toBe('a whole answer');
  });

  test.each(['top', 'choice', 'finish-only'] as const)(
    'an error in mid-stream (%s) is an error',
    async (where) => {
      const broken: ScriptedTurn = {
        ...half,
        dialect: 'openrouter',
        fault: { kind: 'midstream', where, error: { code: 502, message: 'Provider disconnected' } },
      };
      const { url } = await serve(broken, broken, broken, broken, broken);
      const error = await failure(streamAll(provider(url)));
      expect(error.kind).toBe('server');
      expect(error.partial).not.toBe('');
    },
  );

  test('200 with an error body is an error, and so is a page that is no model', async () => {
    const { url } = await serve({
      body: JSON.stringify({ error: { code: 402, message: 'Insufficient credits' } }),
      contentType: 'application/json',
    });
    expect((await failure(streamAll(provider(url)))).kind).toBe('no-credit');
    for (const body of ['{"hello": ', '<!DOCTYPE html><title>Sign in</title>']) {
      const { url: page } = await serve({ body, contentType: 'text/html' });
      expect((await failure(streamAll(provider(page)))).kind).toBe('bad-response');
    }
  });

  test.each([
    [
      400,
      { message: "This model's maximum context length is 8192 tokens", code: 'context_length_exceeded' },
      'context-too-long',
    ],
    [400, { message: 'Invalid value for tools' }, 'bad-request'],
    [401, { message: `Incorrect API key provided: ${KEY}` }, 'bad-key'],
    [402, { message: 'Insufficient credits' }, 'no-credit'],
    [403, { message: 'Country not supported' }, 'forbidden'],
    [404, { message: 'The model `scripted` does not exist', code: 'model_not_found' }, 'unknown-model'],
    [429, { message: 'You exceeded your current quota', code: 'insufficient_quota' }, 'no-credit'],
  ])('HTTP %i %j is told at once as %s', async (status, error, kind) => {
    const { url, requests } = await serve({ fault: { kind: 'status', status, body: { error } } });
    const thrown = await failure(streamAll(provider(url)));
    expect([thrown.kind, requests.length]).toEqual([kind, 1]);
  });

  test.each([408, 409, 429, 500, 503])('HTTP %i is tried again, with growing waits', async (status) => {
    const fault = { kind: 'status', status } as const;
    const { url } = await serve({ fault }, { fault }, { text: 'at last' });
    const clock = testClock();
    const { turn, events } = await streamAll(provider(url, { clock }));
    expect(turn.text).toBe('at last');
    expect(clock.waits).toEqual([375, 750]);
    expect(events.filter(({ type }) => type === 'retry')).toHaveLength(2);
  });

  test('Retry-After is obeyed, in seconds and as a date; one beyond all patience is not waited for', async () => {
    const limited = (after: string): ScriptedTurn => ({
      fault: { kind: 'status', status: 429, headers: { 'retry-after': after } },
    });
    const { url } = await serve(limited('7'), limited('Thu, 01 Jan 2026 00:00:20 GMT'), { text: 'ok' });
    const clock = testClock();
    await streamAll(provider(url, { clock }));
    expect(clock.waits).toEqual([7000, 20_000]);
    const { url: other } = await serve(limited('86400'));
    expect((await failure(streamAll(provider(other, { clock })))).kind).toBe('rate-limit');
  });

  test('a connection that breaks before the answer is tried again; a server that is not there is told', async () => {
    const { url } = await serve({ fault: { kind: 'reset', when: 'before' } }, { text: 'ok' });
    expect((await streamAll(provider(url))).turn.text).toBe('ok');
    await close();
    const clock = testClock();
    const error = await failure(streamAll(provider(url, { clock })));
    expect([error.kind, clock.waits.length]).toEqual(['network', 4]);
    expect(error.message).toContain('ECONNREFUSED');
  });

  test('a refusal and a content filter are no answers', async () => {
    const { url } = await serve(
      { refusal: 'I cannot help with that.' },
      { text: 'Well', finish: 'content_filter' },
    );
    const refused = await failure(streamAll(provider(url)));
    expect([refused.kind, refused.message.includes('I cannot help')]).toEqual(['refusal', true]);
    expect((await failure(streamAll(provider(url)))).kind).toBe('safety');
  });

  test('a field that the model does not take is changed, and remembered', async () => {
    const message =
      "Function tools with reasoning_effort are not supported. Use /v1/responses or set reasoning_effort to 'none'.";
    const { url, requests } = await serve(
      { fault: { kind: 'status', status: 400, body: { error: { message } } } },
      { text: 'ok' },
      { text: 'ok' },
    );
    const model = provider(url, { provider: 'openai' });
    await streamAll(model);
    await streamAll(model);
    expect(requests.map(({ body }) => body['reasoning_effort'])).toEqual([undefined, 'none', 'none']);
  });

  test('an interrupt ends the turn before the answer, in its midst, and while waiting for a new try', async () => {
    const never = new Promise<void>(() => undefined);
    for (const turn of [
      { text: 'x', hold: never },
      { ...half, holdHalfway: never },
    ] satisfies ScriptedTurn[]) {
      const { url } = await serve(turn);
      const stop = new AbortController();
      const streaming = failure(streamAll(provider(url), modelRequest(), stop.signal));
      await asked();
      stop.abort();
      expect((await streaming).kind).toBe('aborted');
    }
    const { url } = await serve({ fault: { kind: 'status', status: 503, headers: { 'retry-after': '60' } } });
    const stop = new AbortController();
    const { realClock } = await import('./retry.js');
    const events = provider(url, { clock: realClock }).stream(modelRequest(), stop.signal);
    const iterator = events[Symbol.asyncIterator]();
    expect(await iterator.next()).toMatchObject({ value: { type: 'retry', wait: 60_000 } });
    const waiting = failure(iterator.next());
    stop.abort();
    expect((await waiting).kind).toBe('aborted');
  });
});

test('images of a result follow the results of its turn, where the model takes images', async () => {
  const { url, requests, violations } = await serve({ text: 'A chart.' }, { text: 'A chart.' });
  const turns = answeredTurns({
    role: 'assistant',
    text: '',
    calls: [{ id: 'c1', name: 'run_python', arguments: '{}' }],
  }).map((turn) =>
    turn.role === 'tool' ? { ...turn, images: [{ mime: 'image/png', base64: 'aGk=' }] } : turn,
  );
  await streamAll(provider(url), modelRequest(turns));
  await streamAll(provider(url, { images: false }), modelRequest(turns));
  expect(requests.map(({ body }) => JSON.stringify(body).includes('data:image/png;base64,aGk='))).toEqual([
    true,
    false,
  ]);
  expect(violations).toEqual([]);
});
