import type { KernelState } from '../../contract.js';
import type { Kernel } from '../Kernel.js';
import { problemOfProvider } from '../ask/provider.js';

/** Where the kernel stands, for the toolbar and the status bar. */
export async function kernelState(kernel: Kernel): Promise<KernelState> {
  const session = await kernel.session();
  const problem = await problemOfProvider(kernel);
  return {
    active: session.active.id,
    busy: kernel.busy,
    provider: kernel.settings.get('provider') ?? null,
    model: kernel.runs.at(-1)?.info.model ?? kernel.settings.get('model') ?? null,
    plainCell: kernel.settings.get('default') as KernelState['plainCell'],
    usage: kernel.usage.total,
    sandbox: kernel.sandboxState,
    problems: [
      ...(problem === null ? [] : [{ what: problem.message, fix: problem.hint ?? '' }]),
      ...kernel.sandbox.problems,
    ],
  };
}
