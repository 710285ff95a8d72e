import type { Usage } from '../../contract.js';
import type { AssistantTurn, ModelEvent } from '../types.js';
import { failureOfKind, providerError, ProviderError, type Asked } from './errors.js';
import { CallJoiner, type CallFragment } from './join.js';
import type { RawMessage } from './openaiRequest.js';
import { ReasoningJoiner } from './reasoning.js';
import { noUsage } from '../usage.js';

/** A chunk of a stream, or a whole answer: `message` stands where a chunk has `delta`. */
interface Chunk {
  readonly choices?: readonly Choice[] | null;
  readonly usage?: Record<string, unknown> | null;
  readonly timings?: Record<string, unknown> | null;
  readonly error?: unknown;
}
interface Choice {
  readonly index?: number;
  readonly delta?: Delta | null;
  readonly message?: Delta | null;
  readonly finish_reason?: string | null;
  readonly error?: unknown;
}
interface Delta {
  readonly content?: unknown;
  readonly refusal?: string | null;
  readonly reasoning?: unknown;
  readonly reasoning_content?: unknown;
  readonly reasoning_details?: unknown;
  readonly tool_calls?: readonly CallFragment[] | null;
}

/** Gathers the chunks of one turn. */
export class Reply {
  readonly #asked: Asked;
  readonly #calls = new CallJoiner();
  readonly #reasoning = new ReasoningJoiner();
  #text = '';
  #refusal = '';
  #usage: Usage = noUsage;
  #finish: string | null = null;

  constructor(asked: Asked) {
    this.#asked = asked;
  }

  get text(): string {
    return this.#text;
  }
  get finished(): boolean {
    return this.#finish !== null;
  }

  /** Takes a chunk in, and gives what it has to show. Throws what the server reports as an error. */
  *add(value: unknown): Iterable<ModelEvent> {
    const chunk = value as Chunk;
    if (chunk.error !== undefined && chunk.error !== null) throw this.#serverError(chunk.error);
    this.#usage = usageOf(chunk) ?? this.#usage;
    for (const choice of chunk.choices ?? []) {
      if ((choice.index ?? 0) !== 0) continue;
      yield* this.#delta(choice.delta ?? choice.message ?? {});
      this.#finish = choice.finish_reason ?? this.#finish;
      if ((choice.error !== undefined && choice.error !== null) || choice.finish_reason === 'error')
        throw this.#serverError(choice.error ?? {});
    }
  }

  *#delta(delta: Delta): Iterable<ModelEvent> {
    const reasoning = this.#reasoning.add(delta);
    if (reasoning !== '') yield { type: 'reasoning', text: reasoning };
    const text = textOf(delta.content);
    if (text !== '') {
      this.#text += text;
      yield { type: 'text', text };
    }
    this.#refusal += delta.refusal ?? '';
    for (const fragment of delta.tool_calls ?? []) yield { type: 'call', ...this.#calls.add(fragment) };
  }

  /** The whole turn. Throws where it broke off, was refused or was blocked. */
  finish(provider: string, taken: ReadonlySet<string>): ModelEvent & { type: 'turn' } {
    if (this.#refusal !== '') throw failureOfKind('refusal', this.#asked, this.#refusal, this.#text);
    if (this.#finish === null) throw this.brokeOff('the stream ended without a finish reason');
    if (this.#finish === 'content_filter')
      throw failureOfKind('safety', this.#asked, 'its content filter stopped the answer', this.#text);
    const calls = this.#calls.finish(taken);
    const value: RawMessage = {
      message: this.#reasoning.fields(),
      calls: calls.map(({ extra, functionExtra }) => ({ extra, functionExtra })),
    };
    const turn: AssistantTurn = {
      role: 'assistant',
      text: this.#text,
      calls: calls.map(({ id, name, arguments: text }) => ({ id, name, arguments: text })),
      raw: { provider, model: this.#asked.model, value },
    };
    const stop = this.#finish === 'length' ? 'length' : calls.length > 0 ? 'calls' : 'end';
    return { type: 'turn', turn, usage: this.#usage, stop };
  }

  brokeOff(why: string): ProviderError {
    return failureOfKind('truncated', this.#asked, why, this.#text);
  }

  #serverError(error: unknown): ProviderError {
    return providerError(this.#asked, { ...failureOf(error), partial: this.#text });
  }
}

/** A server's error object in any of its shapes: `{code, message, type}`, a string, or nothing at all. */
export function failureOf(error: unknown): { status?: number; code?: string; message: string } {
  if (typeof error === 'string') return { message: error };
  if (typeof error !== 'object' || error === null) return { message: '' };
  const { code, message, type, metadata } = error as Record<string, unknown>;
  const raw = (metadata as Record<string, unknown> | null | undefined)?.['raw'];
  const status = Number(code);
  const words = [code, type].filter((word) => typeof word === 'string').join(' ');
  return {
    ...(Number.isInteger(status) && status >= 400 && status < 600 ? { status } : {}),
    ...(words === '' ? {} : { code: words }),
    message: [message, raw].filter((part) => typeof part === 'string').join(': '),
  };
}

/** `content` is text, null, or a list of parts. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => {
      const { type, text } = part as Record<string, unknown>;
      return type === 'text' && typeof text === 'string' ? text : '';
    })
    .join('');
}

function usageOf({ usage, timings }: Chunk): Usage | null {
  const number = (from: unknown, field: string): number => {
    const value = (from as Record<string, unknown> | null | undefined)?.[field];
    return typeof value === 'number' ? value : 0;
  };
  if (usage !== undefined && usage !== null)
    return {
      inputTokens: number(usage, 'prompt_tokens'),
      cachedTokens: number(usage['prompt_tokens_details'], 'cached_tokens'),
      outputTokens: number(usage, 'completion_tokens'),
      reasoningTokens: number(usage['completion_tokens_details'], 'reasoning_tokens'),
      cost: typeof usage['cost'] === 'number' ? usage['cost'] : null,
    };
  if (timings === undefined || timings === null) return null;
  return {
    inputTokens: number(timings, 'prompt_n') + number(timings, 'cache_n'),
    cachedTokens: number(timings, 'cache_n'),
    outputTokens: number(timings, 'predicted_n'),
    reasoningTokens: 0,
    cost: null,
  };
}
