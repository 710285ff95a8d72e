import { Kernel } from './Kernel.js';
import { KernelEngine } from './KernelEngine.js';

/** The engine of a kernel that was started in a folder with an environment. */
export function createEngine(environment: NodeJS.ProcessEnv, cwd: string): KernelEngine {
  return new KernelEngine(new Kernel(environment, cwd));
}
