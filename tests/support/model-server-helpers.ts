import { afterEach, expect } from '@jest/globals';
import fc from 'fast-check';
import { ProviderError } from '../../kernel/src/agent/providers/errors.js';
import type { Clock } from '../../kernel/src/agent/providers/retry.js';
import type { ModelEvent, ModelRequest, Provider, Turn } from '../../kernel/src/agent/types.js';
import { startModelServer, type ModelServer, type ScriptedTurn } from './model-server.js';

/** Serves one script after another to the tests of a file; each replaces the last, and none outlives its test. */
export function servers(): {
  readonly serve: (...script: ScriptedTurn[]) => Promise<ModelServer>;
  /** Resolves when the present one has been asked something. */
  readonly asked: () => Promise<void>;
  readonly close: () => Promise<void>;
} {
  let server: ModelServer | undefined;
  const close = async (): Promise<void> => {
    await server?.close();
    server = undefined;
  };
  afterEach(close);
  return {
    serve: async (...script) => {
      await close();
      server = await startModelServer({ script });
      return server;
    },
    asked: async () => {
      while (server?.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    },
    close,
  };
}

/** The ProviderError that a promise rejects with; its message must not hold the key. */
export async function failureOf(promise: Promise<unknown>, key: string): Promise<ProviderError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProviderError)) throw new Error(`expected a ProviderError, got ${String(error)}`);
  expect(error.message).not.toContain(key);
  return error;
}

/** A clock that waits for nothing and remembers what it was asked to wait, in milliseconds. */
export function testClock(): Clock & { readonly waits: number[] } {
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

/** Ways to cut a body: into single bytes, or at random places. */
export const cuts = fc.oneof(
  fc.constant((body: Buffer) => Array.from(body, (byte) => Buffer.from([byte]))),
  fc.array(fc.nat({ max: 4000 }), { maxLength: 40 }).map((places) => (body: Buffer) => {
    const sorted = [...new Set(places.map((place) => place % body.length))].sort((a, b) => a - b);
    const pieces = [0, ...sorted].map((from, at) => body.subarray(from, sorted[at] ?? body.length));
    return pieces.filter((piece) => piece.length > 0);
  }),
);

export function modelRequest(turns: readonly Turn[] = [{ role: 'user', text: 'How many?' }]): ModelRequest {
  const parameters = { type: 'object', properties: { sql: { type: 'string' } } };
  return { system: 'You answer.', turns, tools: [{ name: 'run_sql', description: 'Runs SQL.', parameters }] };
}

/** Streams one turn to its end. */
export async function streamAll(
  provider: Provider,
  request = modelRequest(),
  signal = new AbortController().signal,
) {
  const events: ModelEvent[] = [];
  for await (const event of provider.stream(request, signal)) events.push(event);
  const last = events.at(-1);
  if (last?.type !== 'turn') throw new Error('the stream ended without a turn');
  const join = (type: 'text' | 'reasoning') =>
    events.map((event) => (event.type === type ? event.text : '')).join('');
  return { ...last, events, streamed: join('text'), reasoning: join('reasoning') };
}

/** The turns of a conversation in which every call of `turn` got a result. */
export function answeredTurns(turn: Turn & { role: 'assistant' }): Turn[] {
  return [
    { role: 'user', text: 'How many?' },
    turn,
    ...turn.calls.map(({ id, name }): Turn => ({
      role: 'tool',
      call: id,
      name,
      text: '[r1] 42',
      error: false,
      images: [],
    })),
  ];
}
