import type { ModelEvent, ModelRequest, Provider } from '../types.js';
import { callIds } from '../conversation/conversation.js';
import { abortedError, failureOfKind, providerError, ProviderError, type Asked } from './errors.js';
import { GeminiReply, isChunk } from './geminiReply.js';
import { generateRequest } from './geminiRequest.js';
import { causeOf, hostOf } from './cause.js';
import { defaultRetry, realClock, withRetry, type Clock, type RetryPolicy } from './retry.js';

/** Milliseconds to find out why a server cannot be reached. */
const CAUSE = 2000;

export interface GeminiSettings {
  readonly model: string;
  readonly baseUrl: string;
  readonly key: string;
  readonly retry?: RetryPolicy;
  readonly clock?: Clock;
}

/**
 * Gemini, through the raw chunks of `@google/generative-ai`: its aggregated answer doubles calls and drops signatures.
 * Where its stream reader gives up on what it reads, the turn is asked for once more as one document.
 */
export class GeminiProvider implements Provider {
  readonly name = 'gemini';
  readonly model: string;
  readonly images = true;
  readonly replayed = false;
  readonly #settings: GeminiSettings;
  readonly #asked: Asked;
  #streams = true;

  constructor(settings: GeminiSettings) {
    this.model = settings.model;
    this.#settings = settings;
    this.#asked = {
      provider: 'gemini',
      label: 'Gemini',
      model: settings.model,
      server: hostOf(settings.baseUrl),
      keyVariable: 'GEMINI_API_KEY',
      key: settings.key,
    };
  }

  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent> {
    const { retry = defaultRetry, clock = realClock } = this.#settings;
    return withRetry(() => this.#turn(request, signal), signal, retry, clock);
  }

  async *#turn(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent> {
    stopIfAborted(signal);
    const reply = new GeminiReply(this.#asked);
    try {
      for await (const chunk of this.#chunks(request, signal)) yield* reply.add(chunk);
    } catch (error) {
      stopIfAborted(signal);
      if (error instanceof ProviderError) throw error;
      if (!reply.finished) throw this.#failure(await this.#withCause(error, signal), reply.text);
    }
    stopIfAborted(signal);
    yield reply.finish(callIds(request.turns));
  }

  async *#chunks(request: ModelRequest, signal: AbortSignal): AsyncIterable<unknown> {
    const { GoogleGenerativeAI } = await import('@google/generative-ai');
    const { baseUrl, key, model } = this.#settings;
    const client = new GoogleGenerativeAI(key).getGenerativeModel({ model }, { baseUrl });
    const body = generateRequest(request, model);
    if (!this.#streams) {
      // The SDK adds its helper methods to what it read; the rest is the server's document.
      const { response } = await client.generateContent(body, { signal });
      yield response;
      return;
    }
    const { stream, response } = await client.generateContentStream(body, { signal });
    // The aggregate is of no use, and fails on its own where the stream does.
    response.catch(() => undefined);
    let sane = false;
    try {
      for await (const chunk of stream) {
        sane ||= isChunk(chunk);
        yield chunk;
      }
    } catch (error) {
      if (!signal.aborted && unreadable(error)) this.#streams = false;
      throw error;
    }
    if (!sane && !signal.aborted) this.#streams = false;
  }

  /** The SDK keeps back why a server cannot be reached: asking it for nothing tells. */
  async #withCause(error: unknown, signal: AbortSignal): Promise<unknown> {
    const { status, message } = error as Record<string, unknown>;
    if (typeof status === 'number' || !/Error fetching from/.test(String(message))) return error;
    try {
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(CAUSE)]);
      await fetch(this.#settings.baseUrl, { method: 'HEAD', signal: bounded });
      return error;
    } catch (cause) {
      stopIfAborted(signal);
      return Object.assign(new Error(String(message)), { cause });
    }
  }

  #failure(error: unknown, partial: string): ProviderError {
    const { status, errorDetails, message } = error as Record<string, unknown>;
    const said =
      typeof message === 'string'
        ? message.replace(/^.*?: \[\d+ [^\]]*\] ?/s, '').replace(/ \[\{.*$/s, '')
        : '';
    if (typeof status === 'number') {
      const wait = retryDelay(errorDetails);
      return providerError(this.#asked, {
        status,
        message: said,
        partial,
        ...(wait === undefined ? {} : { retryAfter: wait }),
      });
    }
    if (unreadable(error))
      return failureOfKind('truncated', this.#asked, 'the stream could not be read', partial);
    if (/Error fetching from/.test(String(message)))
      return failureOfKind('network', this.#asked, causeOf(error), partial);
    return failureOfKind('truncated', this.#asked, causeOf(error), partial);
  }
}

function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortedError();
}

const unreadable = (error: unknown): boolean =>
  /Failed to parse stream|Error parsing JSON/.test(String((error as { message?: unknown }).message));

/** Google's `RetryInfo`: `{"retryDelay": "7.5s"}`, in milliseconds. */
function retryDelay(details: unknown): number | undefined {
  if (!Array.isArray(details)) return undefined;
  for (const detail of details as unknown[]) {
    const delay = (detail as Record<string, unknown> | null)?.['retryDelay'];
    const seconds = typeof delay === 'string' ? Number.parseFloat(delay) : NaN;
    if (Number.isFinite(seconds)) return seconds * 1000;
  }
  return undefined;
}
