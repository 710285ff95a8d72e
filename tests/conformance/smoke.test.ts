import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bundleEchoKernel, type EchoKernel } from '../support/echo-kernel.js';
import { KernelClient } from '../support/KernelClient.js';

let echo: EchoKernel;
beforeAll(async () => {
  echo = await bundleEchoKernel();
});
afterAll(() => {
  echo.remove();
});

test('runs a cell', async () => {
  const kernel = await KernelClient.start({ argv: echo.argv });
  const { status, stdout, result } = await kernel.execute('print hello; result 42');
  expect({ status, stdout }).toEqual({ status: 'ok', stdout: 'hello\n' });
  expect(result?.data).toEqual({ 'text/plain': '42' });
  await kernel.shutdown();
});
