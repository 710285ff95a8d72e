import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ScriptedTurn } from '../../../../tests/support/model-server.js';
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
import { GeminiProvider, type GeminiSettings } from './gemini.js';

const KEY = 'AIzaSy-secret-1234567890';

const { serve, asked } = servers();
const failure = (promise: Promise<unknown>): Promise<ProviderError> => failureOf(promise, KEY);

const provider = (baseUrl: string, more: Partial<GeminiSettings> = {}): GeminiProvider =>
  new GeminiProvider({ model: 'gemini-3.8-flash', baseUrl, key: KEY, clock: testClock(), ...more });

const twoCalls: ScriptedTurn = {
  text: 'Ich sehe nach – 数据 🐍.',
  reasoning: 'Erst 思考…',
  signature: 'c2lnbmF0dXJl',
  calls: [
    { name: 'run_sql', arguments: { sql: "SELECT 'ä–漢🐍' AS a" } },
    { name: 'run_python', arguments: { code: 'print(2)' } },
  ],
};

describe('streams', () => {
  test.each([false, true])(
    'two calls come out whole at any split of the bytes (apart: %s)',
    async (callsApart) => {
      await fc.assert(
        fc.asyncProperty(cuts, fc.boolean(), async (split, crlf) => {
          const { geminiUrl, violations } = await serve({ ...twoCalls, callsApart, split, crlf });
          const { turn, streamed, reasoning, stop, usage } = await streamAll(provider(geminiUrl));
          expect([streamed, turn.text, reasoning]).toEqual([
            twoCalls.text,
            twoCalls.text,
            twoCalls.reasoning,
          ]);
          expect(turn.calls.map((call): unknown[] => [call.name, JSON.parse(call.arguments)])).toEqual(
            twoCalls.calls?.map((call) => [call.name, call.arguments]),
          );
          expect(new Set(turn.calls.map(({ id }) => id)).size).toBe(2);
          expect([stop, usage.inputTokens, usage.outputTokens, usage.reasoningTokens]).toEqual([
            'calls',
            100,
            20,
            5,
          ]);
          expect(violations).toEqual([]);
        }),
        { seed: 11, numRuns: 12 },
      );
    },
  );

  test('the turn goes back word for word, all responses together in the next content', async () => {
    for (const callsApart of [false, true]) {
      const { geminiUrl, violations, requests } = await serve(
        { ...twoCalls, callsApart },
        { ...twoCalls, callsApart },
        { text: '42' },
      );
      const model = provider(geminiUrl);
      const { turn: first } = await streamAll(model);
      const turns = answeredTurns(first);
      const { turn: second } = await streamAll(model, modelRequest(turns));
      await streamAll(model, modelRequest([...turns, ...answeredTurns(second).slice(1)]));
      expect(violations).toEqual([]);
      const contents = requests[2]?.body['contents'] as { role: string; parts: unknown[] }[];
      expect(contents.map(({ role }) => role)).toEqual(['user', 'model', 'user', 'model', 'user']);
      expect(JSON.stringify(contents[1])).toContain('c2lnbmF0dXJl');
    }
  });

  test('another model gets no signature of this one', async () => {
    const { geminiUrl } = await serve(twoCalls);
    const { turn } = await streamAll(provider(geminiUrl));
    const { geminiUrl: other, requests, violations } = await serve({ text: '42' });
    await streamAll(provider(other, { model: 'gemini-2.5-pro' }), modelRequest(answeredTurns(turn)));
    expect(JSON.stringify(requests[0]?.body)).not.toContain('c2lnbmF0dXJl');
    expect(violations).toEqual([]);
  });

  test('calls keep the ids that the server gave them', async () => {
    const { geminiUrl, violations } = await serve(
      { calls: [{ name: 'run_sql', arguments: {}, id: 'fc-1' }] },
      { text: 'ok' },
    );
    const model = provider(geminiUrl);
    const { turn } = await streamAll(model);
    await streamAll(model, modelRequest(answeredTurns(turn)));
    expect([turn.calls[0]?.id, violations]).toEqual(['fc-1', []]);
  });

  test('where the stream reader gives up, the turn is asked for as one document', async () => {
    for (const odd of [
      { ...twoCalls, comments: true },
      { ...twoCalls, plainJson: true },
    ] satisfies ScriptedTurn[]) {
      const { geminiUrl, requests } = await serve(odd, twoCalls);
      const { turn, events } = await streamAll(provider(geminiUrl));
      expect(turn.calls).toHaveLength(2);
      expect(events.some(({ type }) => type === 'retry')).toBe(true);
      expect(requests.map(({ path }) => path.includes('stream'))).toEqual([true, false]);
    }
  });
});

describe('failures', () => {
  test('an end without a finish reason and a reset are a truncated turn', async () => {
    for (const broken of [
      { text: 'half an answer', finish: null },
      { text: 'half an answer', fault: { kind: 'reset', when: 'halfway' } },
    ] satisfies ScriptedTurn[]) {
      const { geminiUrl } = await serve(broken, broken);
      expect((await failure(streamAll(provider(geminiUrl)))).kind).toBe('truncated');
    }
  });

  test('an error in mid-stream is an error', async () => {
    const error = { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' };
    const broken: ScriptedTurn = {
      text: 'half an answer',
      fault: { kind: 'midstream', where: 'top', error },
    };
    const { geminiUrl } = await serve(broken, { text: 'whole' });
    const { turn, events } = await streamAll(provider(geminiUrl));
    expect([turn.text, events.filter(({ type }) => type === 'retry').length]).toEqual(['whole', 1]);
  });

  test.each([
    [400, { code: 400, message: 'API key not valid. Please pass a valid API key.' }, 'bad-key'],
    [
      400,
      { code: 400, message: 'The input token count (2000000) exceeds the maximum number of tokens allowed' },
      'context-too-long',
    ],
    [403, { code: 403, message: `Permission denied for ${KEY}` }, 'forbidden'],
    [404, { code: 404, message: 'models/x is not found for API version v1beta' }, 'unknown-model'],
  ])('HTTP %i %j is told at once as %s', async (status, error, kind) => {
    const { geminiUrl, requests } = await serve({ fault: { kind: 'status', status, body: { error } } });
    const thrown = await failure(streamAll(provider(geminiUrl)));
    expect([thrown.kind, requests.length]).toEqual([kind, 1]);
  });

  test('a limit of speed is waited for as long as the server says', async () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7.5s' }];
    const error = {
      code: 429,
      message: 'You exceeded your current quota',
      status: 'RESOURCE_EXHAUSTED',
      details,
    };
    const { geminiUrl } = await serve(
      { fault: { kind: 'status', status: 429, body: { error } } },
      { text: 'ok' },
    );
    const clock = testClock();
    await streamAll(provider(geminiUrl, { clock }));
    expect(clock.waits).toEqual([7500]);
  });

  test('a blocked prompt and a blocked answer say so', async () => {
    const blocked = `data: ${JSON.stringify({ promptFeedback: { blockReason: 'SAFETY' } })}\n\n`;
    const { geminiUrl } = await serve({ body: blocked }, { text: 'Well', finish: 'PROHIBITED_CONTENT' });
    expect((await failure(streamAll(provider(geminiUrl)))).kind).toBe('safety');
    expect((await failure(streamAll(provider(geminiUrl)))).kind).toBe('safety');
  });

  test('the output limit is told', async () => {
    const { geminiUrl } = await serve({ text: 'long', finish: 'MAX_TOKENS' });
    expect((await streamAll(provider(geminiUrl))).stop).toBe('length');
  });

  test('an interrupt ends the turn', async () => {
    const { geminiUrl } = await serve({ text: 'half an answer', holdHalfway: new Promise(() => undefined) });
    const stop = new AbortController();
    const streaming = failure(streamAll(provider(geminiUrl), modelRequest(), stop.signal));
    await asked();
    stop.abort();
    expect((await streaming).kind).toBe('aborted');
  });
});
