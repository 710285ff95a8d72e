import type { Requests } from '../contract.js';
import type { Kernel } from './Kernel.js';

/** The active worldline's variables: those of its Python where that runs, else as its last checkpoint has them. */
export async function variablesNow(kernel: Kernel): Promise<Requests['variables']['result']> {
  const session = await kernel.session();
  const runtime = kernel.ifOpened(session.activeWorldline);
  if (runtime === undefined || runtime.pythonState === 'none')
    return { variables: await session.variables(), kept: true };
  const python = await runtime.python();
  return { variables: await python.variables(), kept: false };
}
