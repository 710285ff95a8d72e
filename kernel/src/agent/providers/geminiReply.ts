import type { Usage } from '../../contract.js';
import type { AssistantTurn, ModelEvent, ToolCall } from '../types.js';
import { noUsage } from '../usage.js';
import { failureOfKind, providerError, type Asked } from './errors.js';
import type { RawContent } from './geminiRequest.js';
import { failureOf } from './openaiReply.js';

type Part = Record<string, unknown>;
interface Chunk {
  readonly candidates?: readonly {
    readonly index?: number;
    readonly content?: { readonly parts?: readonly Part[] };
    readonly finishReason?: string;
    readonly finishMessage?: string;
  }[];
  readonly promptFeedback?: { readonly blockReason?: string; readonly blockReasonMessage?: string };
  readonly usageMetadata?: Record<string, unknown>;
  readonly error?: unknown;
}

/** Does this look like a chunk at all? */
export const isChunk = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ('candidates' in value || 'promptFeedback' in value || 'error' in value || 'usageMetadata' in value);

const BLOCKED = new Set([
  'SAFETY',
  'RECITATION',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'LANGUAGE',
  'IMAGE_SAFETY',
]);

/** Gathers the chunks of one turn. */
export class GeminiReply {
  readonly #asked: Asked;
  readonly #parts: Part[] = [];
  #text = '';
  #usage: Usage = noUsage;
  #finish: string | null = null;
  #finishMessage = '';

  constructor(asked: Asked) {
    this.#asked = asked;
  }

  get text(): string {
    return this.#text;
  }
  get finished(): boolean {
    return this.#finish !== null;
  }

  *add(value: unknown): Iterable<ModelEvent> {
    const chunk = value as Chunk;
    if (chunk.error !== undefined)
      throw providerError(this.#asked, { ...failureOf(chunk.error), partial: this.#text });
    const blocked = chunk.promptFeedback?.blockReason;
    if (blocked !== undefined && blocked !== 'BLOCK_REASON_UNSPECIFIED')
      throw failureOfKind(
        'safety',
        this.#asked,
        `${blocked} ${chunk.promptFeedback?.blockReasonMessage ?? ''}`,
        this.#text,
      );
    // Cumulative: the last one counts.
    if (chunk.usageMetadata !== undefined) this.#usage = usageOf(chunk.usageMetadata);
    const candidate = chunk.candidates?.find(({ index }) => (index ?? 0) === 0);
    for (const part of candidate?.content?.parts ?? []) yield* this.#part(part);
    this.#finish = candidate?.finishReason ?? this.#finish;
    this.#finishMessage = candidate?.finishMessage ?? this.#finishMessage;
  }

  *#part(part: Part): Iterable<ModelEvent> {
    this.#parts.push(part);
    const { text, thought } = part;
    if (typeof text !== 'string' || text === '') return;
    if (thought === true) {
      yield { type: 'reasoning', text };
      return;
    }
    this.#text += text;
    yield { type: 'text', text };
  }

  finish(taken: ReadonlySet<string>): ModelEvent & { type: 'turn' } {
    const finish = this.#finish;
    const why = `${finish ?? ''} ${this.#finishMessage}`.trim();
    if (finish === null)
      throw failureOfKind('truncated', this.#asked, 'the stream ended without a finish reason', this.#text);
    if (BLOCKED.has(finish)) throw failureOfKind('safety', this.#asked, why, this.#text);
    // A call that the server itself could not read: asking again helps.
    if (/^(MALFORMED|UNEXPECTED)/.test(finish))
      throw failureOfKind('truncated', this.#asked, why, this.#text);
    const calls = this.#calls(taken);
    const value: RawContent = { parts: verbatim(this.#parts) };
    const turn: AssistantTurn = {
      role: 'assistant',
      text: this.#text,
      calls,
      raw: { provider: 'gemini', model: this.#asked.model, value },
    };
    const stop = finish === 'MAX_TOKENS' ? 'length' : calls.length > 0 ? 'calls' : 'end';
    return { type: 'turn', turn, usage: this.#usage, stop };
  }

  /** Calls in order, with an id each: Gemini sends none, or ones that repeat from turn to turn. */
  #calls(taken: ReadonlySet<string>): ToolCall[] {
    const used = new Set(taken);
    let made = 0;
    return this.#parts.flatMap((part) => {
      const call = part['functionCall'] as { id?: string; name?: string; args?: unknown } | undefined;
      if (call === undefined) return [];
      let id = call.id ?? '';
      while (id === '' || used.has(id)) id = `call_${++made}`;
      used.add(id);
      return [{ id, name: call.name ?? '', arguments: JSON.stringify(call.args ?? {}) }];
    });
  }
}

/** The parts go back as they came; only a part of nothing at all, which the server refuses, is left out. */
function verbatim(parts: readonly Part[]): Part[] {
  return parts.filter((part) => !(isPlain(part) && part['text'] === ''));
}

const isPlain = (part: Part): boolean =>
  typeof part['text'] === 'string' &&
  Object.keys(part).every((field) => field === 'text' || field === 'thought');

function usageOf(metadata: Record<string, unknown>): Usage {
  const number = (field: string): number => {
    const value = metadata[field];
    return typeof value === 'number' ? value : 0;
  };
  const reasoningTokens = number('thoughtsTokenCount');
  return {
    inputTokens: number('promptTokenCount') + number('toolUsePromptTokenCount'),
    cachedTokens: number('cachedContentTokenCount'),
    outputTokens: number('candidatesTokenCount') + reasoningTokens,
    reasoningTokens,
    cost: null,
  };
}
