import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  startModelServer,
  type Dialect,
  type ModelServer,
  type ScriptedTurn,
} from '../../../../tests/support/model-server.js';
import type { ModelEvent, ModelRequest, Turn } from '../types.js';
import { ProviderError } from './errors.js';
import { OpenAIProvider, type OpenAISettings } from './openai.js';
import type { Clock } from './retry.js';

const KEY = 'sk-secret-1234567890';
const tools = [
  {
    name: 'run_sql',
    description: 'Runs SQL.',
    parameters: { type: 'object', properties: { sql: { type: 'string' } } },
  },
];
const ask = (turns: readonly Turn[] = [{ role: 'user', text: 'Wie viele?' }]): ModelRequest => ({
  system: 'You answer.',
  turns,
  tools,
});

/** A clock that waits for nothing and remembers what it was asked. */
function testClock(): Clock & { waits: number[] } {
  const waits: number[] = [];
  return {
    waits,
    now: () => Date.parse('2026-01-01T00:00:00Z'),
    random: () => 0.5,
    wait: (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
  };
}

let server: ModelServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function serve(...script: ScriptedTurn[]): Promise<ModelServer> {
  await server?.close();
  server = await startModelServer({ script });
  return server;
}

function provider(url: string, more: Partial<OpenAISettings> = {}): OpenAIProvider {
  return new OpenAIProvider({
    provider: 'compatible',
    model: 'scripted',
    baseUrl: url,
    key: KEY,
    images: true,
    clock: testClock(),
    ...more,
  });
}

async function run(asked: OpenAIProvider, request = ask(), signal = new AbortController().signal) {
  const events: ModelEvent[] = [];
  for await (const event of asked.stream(request, signal)) events.push(event);
  const last = events.at(-1);
  if (last?.type !== 'turn') throw new Error('no turn');
  const text = events.map((event) => (event.type === 'text' ? event.text : '')).join('');
  return { ...last, events, streamed: text };
}

async function failure(promise: Promise<unknown>): Promise<ProviderError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProviderError)) throw new Error(`expected a ProviderError, got ${String(error)}`);
  expect(error.message).not.toContain(KEY);
  return error;
}

const twoCalls: ScriptedTurn = {
  text: 'Ich sehe nach – 数据 🐍.',
  calls: [
    { name: 'run_sql', arguments: { sql: "SELECT 'ä–漢🐍' AS a" } },
    { name: 'run_sql', arguments: { sql: 'SELECT 2' } },
  ],
};
const dialects: Dialect[] = ['openai', 'ollama', 'vllm', 'llamacpp', 'proxy', 'openrouter'];

/** Cuts a body at random places, or into single bytes. */
const cuts = fc.oneof(
  fc.constant((body: Buffer) => Array.from(body, (byte) => Buffer.from([byte]))),
  fc.array(fc.nat({ max: 4000 }), { maxLength: 40 }).map((places) => (body: Buffer) => {
    const sorted = [...new Set(places.map((place) => place % body.length))].sort((a, b) => a - b);
    return [0, ...sorted]
      .map((from, at) => body.subarray(from, sorted[at] ?? body.length))
      .filter((piece) => piece.length > 0);
  }),
);

describe('streams of OpenAI-style servers', () => {
  test.each(dialects)('%s: two calls come out whole at any split of the bytes', async (dialect) => {
    await fc.assert(
      fc.asyncProperty(cuts, fc.boolean(), fc.boolean(), async (split, crlf, comments) => {
        const { url, violations } = await serve({ ...twoCalls, dialect, split, crlf, comments });
        const { turn, streamed, stop } = await run(provider(url));
        expect(streamed).toBe(twoCalls.text);
        expect(turn.text).toBe(twoCalls.text);
        expect(turn.calls.map((call) => [call.name, JSON.parse(call.arguments)])).toEqual(
          twoCalls.calls?.map((call) => [call.name, call.arguments]),
        );
        expect(new Set(turn.calls.map(({ id }) => id)).size).toBe(2);
        expect(stop).toBe('calls');
        expect(violations).toEqual([]);
      }),
      { seed: 7, numRuns: 12 },
    );
  });

  test('a missing finish reason, an early end and a reset are a truncated turn, tried again once', async () => {
    for (const broken of [
      { text: 'half an answer', finish: null },
      { text: 'half an answer', finish: null, noDone: true },
      { text: 'half an answer', fault: { kind: 'reset', when: 'halfway' } },
    ] satisfies ScriptedTurn[]) {
      const { url, requests } = await serve(broken, broken);
      const error = await failure(run(provider(url)));
      expect(error.kind).toBe('truncated');
      expect('half an answer').toContain(error.partial);
      expect(requests).toHaveLength(2);
    }
  });
});
