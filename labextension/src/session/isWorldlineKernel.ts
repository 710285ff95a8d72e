import type { Kernel } from '@jupyterlab/services';

const NAME = 'worldline';

/** Whether this is our kernel, under whatever name its kernelspec was installed. */
export async function isWorldlineKernel(kernel: Kernel.IKernelConnection): Promise<boolean> {
  if (kernel.name === NAME) return true;
  const info = await kernel.info;
  return info.implementation === NAME;
}
