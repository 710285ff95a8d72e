import { expect, test } from '@jest/globals';
import { runPython } from '../support/python.js';

test(
  'on a terminal the demo offers JupyterLab with its notebook, and ends with it',
  async () => {
    const { output } = await runPython(['tests/install/offer.py'], {});
    const seen = output.slice(output.lastIndexOf('{'));
    expect(seen.startsWith('{') ? (JSON.parse(seen) as unknown) : output).toEqual({
      page: '/lab/tree/quickstart.ipynb',
      status: 200,
      exit: 0,
      signal: null,
    });
  },
  4 * 60_000,
);
