import type { PythonPort } from '../../../agent/ports.js';
import { toOutcome } from '../../outcome.js';
import type { Runtime } from '../../Runtime.js';
import type { Steps } from '../StepCheckpoints.js';

/** The model's Python, or why there is none. `limit`: milliseconds that code may take where the model says nothing else. */
export async function pythonPort(
  runtime: Runtime,
  limit: number,
  steps: Steps,
): Promise<PythonPort | { readonly problem: string }> {
  try {
    await runtime.python();
  } catch (error) {
    return { problem: toOutcome(error).message };
  }
  return {
    execute: (code, { timeout = limit, signal, ...options }) =>
      steps.around(`%%python\n${code}`, [], async () => {
        const python = await runtime.python();
        return python.execute(code, {
          ...options,
          signal,
          timeout,
          timeoutAdvice: ['Do less at a time.', 'The person can allow more: `%config sandbox-seconds 120`.'],
          sql: runtime.sqlForPython('model', signal),
        });
      }),
    variables: async () => (runtime.pythonState === 'none' ? [] : (await runtime.python()).variables()),
  };
}
