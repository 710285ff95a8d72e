import { messageOf } from '../messageOf.js';
import { log } from '../jupyter/log.js';
import { Kernel } from './Kernel.js';
import { KernelEngine } from './KernelEngine.js';

/** The engine of a kernel that was started in a folder with an environment. */
export function createEngine(environment: NodeJS.ProcessEnv, cwd: string): KernelEngine {
  const kernel = new Kernel(environment, cwd);
  kernel.sandbox.warmUp().catch((error: unknown) => {
    log(`The sandbox could not be made ready: ${messageOf(error)}`);
  });
  return new KernelEngine(kernel);
}
