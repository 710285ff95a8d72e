import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  playedProvider,
  playRun,
  simpleTool,
  type PlayedTurn,
} from '../../../../tests/support/model-server-agent.js';
import { readCassette } from './cassette.js';
import { ProviderError } from '../providers/errors.js';
import { replayOrRecord } from './turns.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassette-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const KEY = 'sk-very-secret-key';
const script: PlayedTurn[] = [
  { text: 'I look.', calls: [['run_sql', { sql: 'SELECT count(*) FROM t' }]] },
  { calls: [['finish', { answer: 'There are 42.', evidence: ['r1'] }]] },
];
const noModel = () => Promise.reject(new Error('a replay needs no model'));

async function run(
  mode: 'record' | 'replay',
  { rows = '42', source = 'How many?', position = 0, turns = script, more = {} } = {},
) {
  const env = {
    WORLDLINE_TURNS: mode,
    WORLDLINE_CASSETTE: join(folder, 'a.turns.json'),
    OPENAI_API_KEY: KEY,
  };
  const live = mode === 'record' ? () => Promise.resolve(playedProvider(turns)) : noModel;
  const provider = await replayOrRecord(env, { source, position }, live, more);
  const tool = simpleTool('run_sql', () => rows);
  return { ...(await playRun(provider, { tools: [tool], context: { request: source } })), provider };
}

describe('recorded turns', () => {
  test('replay gives the same answer without a model, with the tools run for real', async () => {
    await run('record');
    const again = await run('replay');
    expect(again).toMatchObject({ state: 'done', answer: 'There are 42.', grounding: { unmatched: 0 } });
    expect(again.provider).toMatchObject({ replayed: true, model: 'played-1' });
    expect(again.events.filter(({ type }) => type === 'note')).toEqual([]);
  });

  test('a question is the same one in other lines, as a console takes it', async () => {
    await run('record', { source: 'How many\n    of them?\n' });
    expect(await run('replay', { source: 'How many of them?' })).toMatchObject({ state: 'done' });
  });

  test('a result that differs is told, and the run goes on; a strict replay ends there', async () => {
    await run('record');
    const drifted = await run('replay', { rows: '43' });
    expect(drifted).toMatchObject({ state: 'done', grounding: { unmatched: 1 } });
    expect(drifted.events.find(({ type }) => type === 'note')).toMatchObject({
      text: 'r1 (run_sql) now differs from the recording. Recorded: “42” Now: “43”',
    });
    expect(await run('replay', { rows: '43', more: { strict: true } })).toMatchObject({ state: 'error' });
  });

  test('a cell or a turn that was never recorded is a clear error', async () => {
    await expect(run('replay')).rejects.toThrow(/no recorded turns at .*WORLDLINE_TURNS=record/);
    await run('record');
    await expect(run('replay', { source: 'How much?' })).rejects.toThrow(
      /no recorded turns in .*its text is not among them/,
    );
    await run('record', { source: 'Short', turns: [{ calls: [['run_sql', { sql: 'x' }]] }] });
    expect(await run('replay', { source: 'Short' })).toMatchObject({
      state: 'error',
      error: { message: expect.stringContaining('Turn 2 of this cell was never recorded') },
    });
  });

  test('cells with the same text are told apart by their place', async () => {
    await run('record', { source: 'Again', position: 1, turns: [{ text: 'first' }] });
    await run('record', { source: 'Again', position: 4, turns: [{ text: 'second' }] });
    expect((await run('replay', { source: 'Again  \n', position: 1 })).answer).toBe('first');
    expect((await run('replay', { source: 'Again', position: 5 })).answer).toBe('second');
  });

  test('recording once more replaces; cells recorded at the same time are all kept', async () => {
    await run('record');
    await run('record', { turns: [{ text: 'Newer' }] });
    await Promise.all(['a', 'b', 'c', 'd'].map((source) => run('record', { source })));
    const cassette = await readCassette(join(folder, 'a.turns.json'));
    expect(cassette?.cells.map(({ title }) => title).sort()).toEqual(['How many?', 'a', 'b', 'c', 'd']);
    expect((await run('replay')).answer).toBe('Newer');
  });

  test('the file holds no key, and reads well', async () => {
    await run('record', { turns: [{ text: `The key is ${KEY}.` }] });
    const text = await readFile(join(folder, 'a.turns.json'), 'utf8');
    expect(text).not.toContain(KEY);
    expect(text).toContain('\n      "title": "How many?",\n');
  });

  test('without a key, a cell that was recorded is replayed; live asks for a key all the same', async () => {
    await run('record');
    const noKey = new ProviderError('no-key', 'No model is set up.');
    const open = (env: Record<string, string>, source = 'How many?', error: Error = noKey) =>
      replayOrRecord(env, { source, position: 0 }, () => Promise.reject(error), {
        cassette: join(folder, 'a.turns.json'),
      });
    expect(await open({})).toMatchObject({ replayed: true, model: 'played-1' });
    await expect(open({}, 'How much?')).rejects.toThrow('No model is set up.');
    await expect(open({ WORLDLINE_TURNS: 'live' })).rejects.toThrow('No model is set up.');
    await expect(open({}, 'How many?', new ProviderError('settings', 'no such provider'))).rejects.toThrow(
      'no such provider',
    );
  });

  test('a wrong setting and a broken file say what to do', async () => {
    await expect(
      replayOrRecord({ WORLDLINE_TURNS: 'reply' }, { source: '', position: 0 }, noModel),
    ).rejects.toThrow(/live, record or replay/);
    await expect(
      replayOrRecord({ WORLDLINE_TURNS: 'replay' }, { source: '', position: 0 }, noModel),
    ).rejects.toThrow(/WORLDLINE_CASSETTE/);
  });
});
