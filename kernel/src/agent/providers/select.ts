import type { Provider } from '../types.js';
import type { CellPlace } from '../recording/record.js';
import { replayOrRecord, type TurnsOptions } from '../recording/turns.js';
import type { Environment } from './environment.js';
import { ProviderError } from './errors.js';
import { honourProxy } from './proxy.js';
import type { Clock, RetryPolicy } from './retry.js';

export type ProviderName = 'openai' | 'gemini' | 'openrouter' | 'compatible';

/** What a cell, or `%config`, asks for. */
export interface Wish {
  readonly provider?: string;
  readonly model?: string;
}
/** Which model to ask, and where. `key` is a secret: it goes to the provider alone. */
export interface Choice {
  readonly provider: ProviderName;
  /** Null: ask the server which one it has. */
  readonly model: string | null;
  readonly baseUrl: string;
  readonly key: string | null;
}

const defaultModels: Readonly<Record<Exclude<ProviderName, 'compatible'>, string>> = {
  openai: 'gpt-6.1-terra',
  gemini: 'gemini-3.8-flash',
  openrouter: 'openrouter/auto',
};

const baseUrls = {
  openai: 'https://api.openai.com/v1',
  gemini: 'https://generativelanguage.googleapis.com',
  openrouter: 'https://openrouter.ai/api/v1',
};

/** Local servers by their names, where they listen by default. */
const localServers: Readonly<Record<string, string>> = {
  ollama: 'http://127.0.0.1:11434/v1',
  lmstudio: 'http://127.0.0.1:1234/v1',
  vllm: 'http://127.0.0.1:8000/v1',
  llamacpp: 'http://127.0.0.1:8080/v1',
};

/**
 * Chooses provider and model: a cell's wish before `%config`, that before the environment, that before the first
 * provider whose key is set. Throws ProviderError of kind `no-key` or `settings`, which says what to set.
 */
export function chooseModel(env: Environment, config: Wish = {}, cell: Wish = {}): Choice {
  const fromEnvironment = wish(env['WORLDLINE_PROVIDER'], env['WORLDLINE_MODEL']);
  const wishes = [cell, config, fromEnvironment];
  const named = wishes.find(({ provider }) => provider !== undefined)?.provider;
  const model = modelAmong(wishes, named) ?? null;
  const provider = named === undefined ? firstWithKey(env, model) : providerNamed(named);
  return choiceOf(provider, named, model, env);
}

function wish(provider: string | undefined, model: string | undefined): Wish {
  return { ...(provider === undefined ? {} : { provider }), ...(model === undefined ? {} : { model }) };
}

/** The first model named; one below the naming of the provider counts only where it was named for that provider. */
function modelAmong(wishes: readonly Wish[], named: string | undefined): string | undefined {
  let decided = named === undefined;
  for (const { provider, model } of wishes) {
    const meant = decided ? named === undefined || provider === named : true;
    if (model !== undefined && meant) return model;
    if (provider !== undefined) decided = true;
  }
  return undefined;
}

function providerNamed(name: string): ProviderName {
  const plain = name.trim().toLowerCase();
  if (plain === 'openai' || plain === 'gemini' || plain === 'openrouter' || plain === 'compatible')
    return plain;
  if (plain === 'google') return 'gemini';
  if (plain === 'local' || plain in localServers) return 'compatible';
  throw new ProviderError(
    'settings',
    `There is no provider "${name}". Use openai, gemini, openrouter, or compatible with OPENAI_BASE_URL (also: ${Object.keys(localServers).join(', ')}).`,
  );
}

function firstWithKey(env: Environment, model: string | null): ProviderName {
  const withKey = (['openai', 'gemini', 'openrouter'] as const).filter(
    (provider) => keyOf(provider, env) !== null,
  );
  const meant = model === null ? undefined : withKey.find((provider) => looksLike(provider, model));
  const provider = meant ?? withKey[0];
  if (provider !== undefined) return provider;
  if (env['OPENAI_BASE_URL'] !== undefined) return 'compatible';
  throw new ProviderError('no-key', NO_KEY);
}

const NO_KEY = [
  'No model is set up.',
  'Set OPENAI_API_KEY, GEMINI_API_KEY or OPENROUTER_API_KEY, or OPENAI_BASE_URL for a local server such as http://127.0.0.1:11434/v1 (Ollama), in your environment or in a .env file beside the notebook.',
  'Without one, %%sql, %%python and every magic work as usual.',
].join('\n');

function looksLike(provider: ProviderName, model: string): boolean {
  if (model.includes('/')) return provider === 'openrouter';
  if (model.startsWith('gemini')) return provider === 'gemini';
  return provider === 'openai' && /^(gpt-|o\d|chatgpt)/.test(model);
}

function keyOf(provider: ProviderName, env: Environment): string | null {
  switch (provider) {
    case 'openai':
    case 'compatible':
      return env['OPENAI_API_KEY'] ?? null;
    case 'gemini':
      return env['GEMINI_API_KEY'] ?? env['GOOGLE_API_KEY'] ?? null;
    case 'openrouter':
      return env['OPENROUTER_API_KEY'] ?? null;
  }
}

function choiceOf(
  provider: ProviderName,
  named: string | undefined,
  model: string | null,
  env: Environment,
): Choice {
  const key = keyOf(provider, env);
  switch (provider) {
    case 'openai': {
      const baseUrl = env['OPENAI_BASE_URL'] ?? baseUrls.openai;
      if (!isOpenAI(baseUrl)) return { provider: 'compatible', model, baseUrl, key };
      return {
        provider,
        model: model ?? defaultModels.openai,
        baseUrl,
        key: needed(key, 'OpenAI', 'OPENAI_API_KEY'),
      };
    }
    case 'gemini':
      return {
        provider,
        model: model ?? defaultModels.gemini,
        baseUrl: env['GEMINI_BASE_URL'] ?? baseUrls.gemini,
        key: needed(key, 'Gemini', 'GEMINI_API_KEY'),
      };
    case 'openrouter':
      return {
        provider,
        model: model ?? env['OPENROUTER_MODEL'] ?? defaultModels.openrouter,
        baseUrl: env['OPENROUTER_BASE_URL'] ?? baseUrls.openrouter,
        key: needed(key, 'OpenRouter', 'OPENROUTER_API_KEY'),
      };
    case 'compatible': {
      const local = named === undefined ? undefined : localServers[named.trim().toLowerCase()];
      const baseUrl = env['OPENAI_BASE_URL'] ?? local;
      if (baseUrl === undefined)
        throw new ProviderError(
          'settings',
          'Set OPENAI_BASE_URL to the address of the server, such as http://127.0.0.1:11434/v1.',
        );
      // A key for OpenAI is not for somebody else's server unless both were set together.
      return { provider, model, baseUrl, key: env['OPENAI_BASE_URL'] === undefined ? null : key };
    }
  }
}

function needed(key: string | null, label: string, variable: string): string {
  if (key !== null) return key;
  throw new ProviderError(
    'no-key',
    `${label} needs a key. Set ${variable} in your environment, or in a .env file beside the notebook.`,
  );
}

const isOpenAI = (url: string): boolean =>
  URL.canParse(url) && /(^|\.)openai\.com$/.test(new URL(url).hostname);

export interface OpenOptions {
  readonly retry?: RetryPolicy;
  readonly clock?: Clock;
}

/** Opens the chosen provider. The SDK behind it is loaded by its first turn. */
export async function openProvider(
  choice: Choice,
  env: Environment,
  options: OpenOptions = {},
): Promise<Provider> {
  await honourProxy(process.env);
  const model = choice.model ?? (await onlyModel(choice));
  const shared = { ...choice, ...options, model };
  if (choice.provider === 'gemini') {
    const { GeminiProvider } = await import('./gemini.js');
    return new GeminiProvider({ ...shared, key: choice.key ?? '' });
  }
  const { OpenAIProvider } = await import('./openai.js');
  return new OpenAIProvider({
    ...shared,
    provider: choice.provider,
    images: takesImages(choice.provider, model, env),
    ...(choice.provider === 'openrouter' ? { headers: attribution(env) } : {}),
  });
}

/**
 * The provider for a cell, as the environment and the turn mode (`WORLDLINE_TURNS`) say. In replay no key is needed.
 */
export async function providerFor(
  env: Environment,
  cell: CellPlace,
  wishes: { readonly config?: Wish; readonly cell?: Wish } = {},
  options: OpenOptions & TurnsOptions = {},
): Promise<Provider> {
  const live = () => openProvider(chooseModel(env, wishes.config, wishes.cell), env, options);
  return replayOrRecord(env, cell, live, options);
}

function attribution(env: Environment): Record<string, string> {
  const address = env['OPENROUTER_HTTP_REFERER'];
  return {
    'X-Title': env['OPENROUTER_APP_NAME'] ?? 'Worldline',
    ...(address === undefined ? {} : { 'HTTP-Referer': address }),
  };
}

function takesImages(provider: ProviderName, model: string, env: Environment): boolean {
  const set = env['WORLDLINE_IMAGES']?.toLowerCase();
  if (set !== undefined) return ['1', 'on', 'true', 'yes'].includes(set);
  if (provider === 'openai') return !/^(o1-mini|o3-mini|gpt-3)/.test(model);
  return (
    provider === 'openrouter' &&
    /^(openai\/gpt-[4-9]|anthropic\/claude|google\/gemini|openrouter\/auto)/.test(model)
  );
}

/** A local server without a named model: the one that it has, or its first. */
async function onlyModel({ baseUrl, key }: Choice): Promise<string> {
  const { OpenAI } = await import('openai');
  const client = new OpenAI({
    apiKey: key ?? 'none',
    adminAPIKey: null,
    baseURL: baseUrl,
    maxRetries: 0,
    logLevel: 'off',
  });
  try {
    const { data } = await client.models.list({ timeout: 10_000 });
    const first = data[0]?.id;
    if (first !== undefined) return first;
  } catch (error) {
    throw new ProviderError(
      'network',
      `The model server at ${new URL(baseUrl).host} did not say which models it has. Is it running? Set WORLDLINE_MODEL or --model to skip this question.`,
      {
        ...(typeof (error as { status?: unknown }).status === 'number'
          ? { status: (error as { status: number }).status }
          : {}),
        retryable: false,
      },
    );
  }
  throw new ProviderError(
    'settings',
    `The model server at ${new URL(baseUrl).host} has no models. Load one, or set WORLDLINE_MODEL.`,
  );
}
