import { afterAll, beforeAll } from '@jest/globals';
import { bundleEchoKernel, type EchoKernel } from './echo-kernel.js';
import { KernelClient, type StartOptions } from './KernelClient.js';

/**
 * Bundles the echo kernel for a test file. The function that it gives runs a test on a fresh kernel, asks the kernel to
 * shut down afterwards, and fails if the kernel broke a rule or did not exit with 0.
 */
export function echoKernel(): (
  use: (kernel: KernelClient) => Promise<void>,
  options?: Partial<StartOptions>,
) => Promise<void> {
  let echo: EchoKernel | undefined;
  beforeAll(async () => {
    echo = await bundleEchoKernel();
  });
  afterAll(() => {
    echo?.remove();
  });
  return async (use, options = {}) => {
    const argv = [...(echo?.argv ?? []), ...(options.argv ?? [])];
    const kernel = await KernelClient.start({ ...options, argv });
    try {
      await use(kernel);
      if (kernel.process.exit === null) await kernel.shutdown();
    } finally {
      await kernel.close();
    }
  };
}
