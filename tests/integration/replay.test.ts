import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startModelServer } from '../support/model-server.js';
import { installForTest, type JupyterFolder, runPython } from '../support/python.js';
import { call } from './withModel.js';

let jupyter: JupyterFolder;
let folder: string;
beforeAll(() => {
  jupyter = installForTest();
  folder = mkdtempSync(join(tmpdir(), 'worldline-replay-'));
});
afterAll(() => {
  jupyter.remove();
  rmSync(folder, { recursive: true, force: true });
});

const NO_MODEL = {
  ...{ OPENAI_API_KEY: '', OPENAI_BASE_URL: '', GEMINI_API_KEY: '', GOOGLE_API_KEY: '' },
  ...{ OPENROUTER_API_KEY: '', WORLDLINE_PROVIDER: '', WORLDLINE_MODEL: '' },
};

async function convert(
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; shown: string }> {
  const args = ['-m', 'nbconvert', '--execute', join(folder, 'sums.ipynb'), '--to', 'html'];
  const { code, output } = await runPython(args, { ...jupyter.env, ...NO_MODEL, ...env });
  return { code, shown: code === 0 ? readFileSync(join(folder, 'sums.html'), 'utf8') : output };
}

test('a recorded notebook runs under nbconvert without a network or a key, and fails where it drifts if that is asked', async () => {
  const source = 'What is the total of numbers.csv?';
  const cell = { cell_type: 'code', id: 'a', source, metadata: {}, outputs: [], execution_count: null };
  const kernelspec = { name: 'worldline', display_name: 'Worldline', language: 'worldline' };
  const notebook = { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells: [cell] };
  writeFileSync(join(folder, 'sums.ipynb'), JSON.stringify(notebook));
  writeFileSync(join(folder, 'numbers.csv'), 'a\n1\n2\n3\n');
  const server = await startModelServer({
    script: [
      call('run_sql', { sql: "select sum(a) as total from 'numbers.csv'" }),
      call('finish', { answer: 'The total is **6**.', evidence: ['r1'] }),
    ],
  });
  const model = {
    OPENAI_BASE_URL: server.url,
    OPENAI_API_KEY: 'recorded-key-1',
    WORLDLINE_MODEL: 'scripted',
  };
  try {
    const { code, shown } = await convert({ ...model, WORLDLINE_TURNS: 'record' });
    expect(code === 0 ? 'recorded' : shown).toBe('recorded');
  } finally {
    await server.close();
  }
  const cassette = readFileSync(join(folder, 'notebook.turns.json'), 'utf8');
  expect(cassette).toContain('The total is **6**.');
  expect(cassette).not.toContain('recorded-key-1');

  const replay = { WORLDLINE_TURNS: 'replay', WORLDLINE_STRICT_REPLAY: '1' };
  const same = await convert(replay);
  const linked = /The total is <strong><a href="#[\w-]+-r1" title="r1">6</;
  expect([same.code, same.shown]).toEqual([0, expect.stringMatching(linked)]);
  writeFileSync(join(folder, 'numbers.csv'), 'a\n1\n2\n4\n');
  const drifted = await convert(replay);
  expect([drifted.code === 0, drifted.shown]).toEqual([false, expect.stringContaining('it drifted')]);
}, 300_000);
