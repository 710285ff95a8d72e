import type { KernelState } from '../../contract.js';
import type { Kernel } from '../Kernel.js';
import { modelNow } from '../ask/provider.js';

/** Where the kernel stands, for the toolbar and the status bar. */
export async function kernelState(kernel: Kernel): Promise<KernelState> {
  const session = await kernel.session();
  const now = await modelNow(kernel);
  const { provider, model } =
    'problem' in now
      ? { provider: kernel.settings.get('provider') ?? null, model: kernel.settings.get('model') ?? null }
      : now;
  return {
    active: session.active.id,
    busy: kernel.busy,
    running: kernel.running,
    provider,
    model: model ?? kernel.runs.at(-1)?.info.model ?? null,
    plainCell: kernel.settings.get('default') as KernelState['plainCell'],
    usage: kernel.usage.total,
    sandbox: kernel.sandboxState,
    problems: [
      ...('problem' in now ? [{ what: now.problem.message, fix: now.problem.hint ?? '' }] : []),
      ...kernel.sandbox.problems,
    ],
  };
}
