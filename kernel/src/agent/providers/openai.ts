import type { ModelEvent, ModelRequest, Provider } from '../types.js';
import { callIds } from '../conversation/conversation.js';
import { openBody } from './body.js';
import { causeOf, hostOf } from './cause.js';
import { abortedError, failureOfKind, providerError, ProviderError, type Asked } from './errors.js';
import { failureOf, Reply } from './openaiReply.js';
import { adjustmentFor, requestBody, type Adjustments } from './openaiRequest.js';
import { defaultRetry, realClock, retryAfter, withRetry, type Clock, type RetryPolicy } from './retry.js';

export interface OpenAISettings {
  /** `openai`, `openrouter`, or `compatible` for any other server that speaks the protocol. */
  readonly provider: 'openai' | 'openrouter' | 'compatible';
  readonly model: string;
  readonly baseUrl: string;
  readonly key: string | null;
  readonly images: boolean;
  /** OpenRouter's attribution headers. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly retry?: RetryPolicy;
  readonly clock?: Clock;
}

const labels = { openai: 'OpenAI', openrouter: 'OpenRouter', compatible: 'The model server' };
const keyVariables = {
  openai: 'OPENAI_API_KEY',
  openrouter: 'OPENROUTER_API_KEY',
  compatible: 'OPENAI_API_KEY',
};

/** What servers wanted otherwise, by base URL and model: found out once in a process. */
const learnt = new Map<string, Adjustments>();

/** OpenAI, OpenRouter, and every server that speaks chat completions, through the raw chunks of the `openai` SDK. */
export class OpenAIProvider implements Provider {
  readonly name: string;
  readonly model: string;
  readonly images: boolean;
  readonly replayed = false;
  readonly #settings: OpenAISettings;
  readonly #asked: Asked;

  constructor(settings: OpenAISettings) {
    this.name = settings.provider;
    this.model = settings.model;
    this.images = settings.images;
    this.#settings = settings;
    this.#asked = {
      provider: settings.provider,
      label: labels[settings.provider],
      model: settings.model,
      server: hostOf(settings.baseUrl),
      keyVariable: keyVariables[settings.provider],
      key: settings.key,
    };
  }

  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent> {
    const { retry = defaultRetry, clock = realClock } = this.#settings;
    return withRetry(() => this.#turn(request, signal, clock), signal, retry, clock);
  }

  async *#turn(request: ModelRequest, signal: AbortSignal, clock: Clock): AsyncIterable<ModelEvent> {
    const { Stream } = await import('openai/streaming');
    const reply = new Reply(this.#asked);
    const response = await this.#send(request, signal, clock);
    const controller = new AbortController();
    const abort = () => {
      controller.abort();
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      const body = await openBody(response);
      if (body.kind === 'json') yield* reply.add(this.#parse(body.text));
      else
        for await (const chunk of Stream.fromSSEResponse(body.response, controller)) yield* reply.add(chunk);
    } catch (error) {
      if (error instanceof ProviderError) throw error;
      if (signal.aborted) throw abortedError();
      if (!reply.finished) throw this.#streamFailure(error, reply);
    } finally {
      signal.removeEventListener('abort', abort);
    }
    if (signal.aborted) throw abortedError();
    yield reply.finish(this.name, callIds(request.turns));
  }

  /** Sends the request; a complaint about a field that a server does not know is heeded once. */
  async #send(request: ModelRequest, signal: AbortSignal, clock: Clock): Promise<Response> {
    const { provider, model, baseUrl, images } = this.#settings;
    const options = {
      provider,
      model,
      images,
      usageCost: provider === 'openrouter',
      maxTokensField: provider === 'openai' ? ('max_completion_tokens' as const) : ('max_tokens' as const),
    };
    const client = await this.#client();
    const memory = `${baseUrl} ${model}`;
    for (;;) {
      const adjustments = learnt.get(memory) ?? {};
      try {
        return await client
          .post('/chat/completions', {
            body: requestBody(request, options, adjustments),
            stream: true,
            signal,
          })
          .asResponse();
      } catch (error) {
        if (signal.aborted) throw abortedError();
        const failure = failureOfSdk(error, clock);
        const adjusted = failure.status === 400 ? adjustmentFor(failure.message, adjustments) : null;
        if (adjusted === null) throw this.#sendFailure(error, failure);
        learnt.set(memory, adjusted);
      }
    }
  }

  async #client() {
    const { OpenAI } = await import('openai');
    const { provider, baseUrl, key, headers } = this.#settings;
    return new OpenAI({
      apiKey: key ?? 'none',
      adminAPIKey: null,
      baseURL: baseUrl,
      maxRetries: 0,
      logLevel: 'off',
      // Set by environment variables that are meant for OpenAI alone.
      ...(provider === 'openai' ? {} : { organization: null, project: null }),
      ...(headers === undefined ? {} : { defaultHeaders: headers }),
    });
  }

  #parse(text: string): unknown {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // Said below.
    }
    if (text.trim() === '') throw failureOfKind('truncated', this.#asked, 'the answer was empty');
    throw failureOfKind('bad-response', this.#asked, text.slice(0, 200));
  }

  #sendFailure(error: unknown, failure: SdkFailure): ProviderError {
    if (failure.status === undefined) return failureOfKind('network', this.#asked, causeOf(error));
    return providerError(this.#asked, failure);
  }

  #streamFailure(error: unknown, reply: Reply): ProviderError {
    const named = (error as { name?: unknown }).name;
    if (named === 'SyntaxError')
      return failureOfKind('bad-response', this.#asked, 'an event of the stream is not JSON', reply.text);
    const sent = (error as { error?: unknown }).error;
    if (sent !== undefined && sent !== null)
      return providerError(this.#asked, { ...failureOf(sent), partial: reply.text });
    return reply.brokeOff(causeOf(error));
  }
}

interface SdkFailure {
  readonly status?: number;
  readonly code?: string;
  readonly message: string;
  readonly retryAfter?: number;
}

/** The SDK's errors by their shape. */
function failureOfSdk(error: unknown, clock: Clock): SdkFailure {
  const { status, error: sent, headers, message } = error as Record<string, unknown>;
  const known = failureOf(sent);
  const wait = retryAfter(headers as Headers | undefined, clock.now());
  return {
    ...(known.code === undefined ? {} : { code: known.code }),
    message: known.message === '' && typeof message === 'string' ? message : known.message,
    ...(typeof status === 'number' ? { status } : {}),
    ...(wait === undefined ? {} : { retryAfter: wait }),
  };
}
