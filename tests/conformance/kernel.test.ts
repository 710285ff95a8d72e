import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { tried } from '../support/tries.js';
import { installForTest, type JupyterFolder, runPython } from '../support/python.js';

let jupyter: JupyterFolder;
beforeAll(() => {
  jupyter = installForTest();
});
afterAll(() => {
  jupyter.remove();
});

test.each([
  ['jupyter_kernel_test passes whole, without a skip', 'test_kernel.py'],
  ['nbclient runs its kind of notebooks, jupyter_client talks over encrypted sockets', 'test_nbclient.py'],
])(
  '%s',
  async (_title, file) => {
    const { code, output } = await runPython([`tests/conformance/${file}`], jupyter.env);
    expect(code === 0 ? 'passed' : output).toBe('passed');
    tried(Number(/^Ran (\d+) tests/m.exec(output)?.[1]));
  },
  600_000,
);
