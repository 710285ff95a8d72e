import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { installForTest, type JupyterFolder, runPython } from '../support/python.js';

let jupyter: JupyterFolder;
beforeAll(() => {
  jupyter = installForTest();
});
afterAll(() => {
  jupyter.remove();
});

test('jupyter_kernel_test passes whole, without a skip', async () => {
  const { code, output } = await runPython(['tests/conformance/test_kernel.py'], jupyter.env);
  expect(code === 0 ? 'passed' : output).toBe('passed');
}, 600_000);
