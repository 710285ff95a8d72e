import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { startModelServer } from '../../../../tests/support/model-server.js';
import { streamAll } from '../../../../tests/support/model-server-helpers.js';
import { readEnvironment } from './environment.js';
import { chooseModel, openProvider, providerFor } from './select.js';

const keys = { OPENAI_API_KEY: 'sk-openai', GEMINI_API_KEY: 'gem', OPENROUTER_API_KEY: 'sk-or' };

describe('choosing a model', () => {
  test('the first provider whose key is set, with its default model', () => {
    expect(chooseModel(keys)).toMatchObject({ provider: 'openai', model: 'gpt-6.1-terra', key: 'sk-openai' });
    expect(chooseModel({ GOOGLE_API_KEY: 'g', OPENROUTER_API_KEY: 'o' })).toMatchObject({
      provider: 'gemini',
      key: 'g',
    });
    expect(chooseModel({ OPENROUTER_API_KEY: 'o' })).toMatchObject({
      provider: 'openrouter',
      model: 'openrouter/auto',
    });
    expect(chooseModel({ OPENROUTER_API_KEY: 'o', OPENROUTER_MODEL: 'x/y' }).model).toBe('x/y');
    expect(chooseModel({ OPENAI_BASE_URL: 'http://localhost:11434/v1' })).toMatchObject({
      provider: 'compatible',
      model: null,
      key: null,
    });
  });

  test('a cell comes before %config, and that before the environment', () => {
    const env = { ...keys, WORLDLINE_PROVIDER: 'gemini', WORLDLINE_MODEL: 'gemini-x' };
    expect(chooseModel(env)).toMatchObject({ provider: 'gemini', model: 'gemini-x' });
    expect(chooseModel(env, { provider: 'openrouter' })).toMatchObject({
      provider: 'openrouter',
      model: 'openrouter/auto',
    });
    expect(chooseModel(env, { provider: 'openrouter' }, { model: 'a/b' })).toMatchObject({
      provider: 'openrouter',
      model: 'a/b',
    });
    expect(chooseModel(env, {}, { provider: 'openai', model: 'gpt-x' })).toMatchObject({
      provider: 'openai',
      model: 'gpt-x',
    });
    expect(chooseModel(env, {}, { model: 'gemini-y' })).toMatchObject({
      provider: 'gemini',
      model: 'gemini-y',
    });
  });

  test('a model alone finds its provider among those with a key', () => {
    expect(chooseModel(keys, {}, { model: 'gemini-3.8-flash' }).provider).toBe('gemini');
    expect(chooseModel(keys, {}, { model: 'anthropic/claude' }).provider).toBe('openrouter');
    expect(chooseModel({ OPENAI_API_KEY: 'k' }, {}, { model: 'gemini-3.8-flash' }).provider).toBe('openai');
  });

  test('another server by base URL is no OpenAI, and a local one gets no key that was not meant for it', () => {
    expect(chooseModel({ OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'https://llm.example.org/v1' })).toMatchObject(
      { provider: 'compatible', key: 'k' },
    );
    expect(chooseModel({ OPENAI_API_KEY: 'k' }, {}, { provider: 'ollama', model: 'qwen' })).toEqual({
      provider: 'compatible',
      model: 'qwen',
      baseUrl: 'http://127.0.0.1:11434/v1',
      key: null,
    });
  });

  test('what is missing is said with what to set', () => {
    expect(() => chooseModel({})).toThrow(/OPENAI_API_KEY, GEMINI_API_KEY or OPENROUTER_API_KEY/);
    expect(() => chooseModel({}, {}, { provider: 'gemini' })).toThrow(/Set GEMINI_API_KEY/);
    expect(() => chooseModel(keys, {}, { provider: 'claude' })).toThrow(/no provider "claude"/);
    expect(() => chooseModel({}, {}, { provider: 'compatible' })).toThrow(/OPENAI_BASE_URL/);
  });
});

test('.env files complete the environment, the nearer one first, and leave process.env alone', async () => {
  const [near, far] = await Promise.all([mkdtemp(join(tmpdir(), 'env-')), mkdtemp(join(tmpdir(), 'env-'))]);
  await writeFile(
    join(near, '.env'),
    'OPENAI_API_KEY="near"\nOTHER_SECRET=x\nexport WORLDLINE_MODEL=m # note\n',
  );
  await writeFile(join(far, '.env'), 'OPENAI_API_KEY=far\nGEMINI_API_KEY=far\n');
  const env = await readEnvironment({ WORLDLINE_PROVIDER: 'openai', OPENAI_API_KEY: '' }, [
    near,
    far,
    '/nowhere',
  ]);
  expect(env).toEqual({
    WORLDLINE_PROVIDER: 'openai',
    OPENAI_API_KEY: 'near',
    WORLDLINE_MODEL: 'm',
    GEMINI_API_KEY: 'far',
  });
  expect(process.env['WORLDLINE_MODEL']).toBeUndefined();
  await Promise.all([near, far].map((folder) => rm(folder, { recursive: true })));
});

test('OpenRouter is told who asks, and an address only where one is set', async () => {
  const server = await startModelServer({ script: [{ text: 'Hello.' }, { text: 'Hello.' }] });
  try {
    const env = { OPENROUTER_API_KEY: 'sk-or', OPENROUTER_BASE_URL: server.url };
    const address = { OPENROUTER_APP_NAME: 'Ours', OPENROUTER_HTTP_REFERER: 'https://example.org' };
    for (const more of [{}, address])
      await streamAll(await openProvider(chooseModel(env), { ...env, ...more }));
    const [plain, named] = server.requests.map(({ headers }) => [
      headers['x-title'],
      headers['http-referer'],
    ]);
    expect([plain, named]).toEqual([
      ['Worldline', undefined],
      ['Ours', 'https://example.org'],
    ]);
  } finally {
    await server.close();
  }
});

test('the chosen provider answers; a local server without models says so', async () => {
  const server = await startModelServer({ script: [{ text: 'Hello.' }] });
  try {
    const env = { OPENAI_BASE_URL: server.url, WORLDLINE_MODEL: 'scripted' };
    const provider = await providerFor(env, { source: 'Hi', position: 0 });
    expect((await streamAll(provider)).turn.text).toBe('Hello.');
    await expect(openProvider(chooseModel({ OPENAI_BASE_URL: server.url }), {})).rejects.toThrow(
      /WORLDLINE_MODEL/,
    );
  } finally {
    await server.close();
  }
});
