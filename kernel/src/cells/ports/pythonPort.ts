import type { PythonPort } from '../../agent/ports.js';
import { toOutcome } from '../outcome.js';
import type { Runtime } from '../Runtime.js';
import type { StepCheckpoints } from '../StepCheckpoints.js';

/** Milliseconds that the model's code may take, where `SANDBOX_TIMEOUT_SECONDS` says nothing else. */
const DEFAULT_TIMEOUT = 30_000;

/** The model's Python, or why there is none. */
export async function pythonPort(
  runtime: Runtime,
  environment: NodeJS.ProcessEnv,
  steps: StepCheckpoints,
): Promise<PythonPort | { readonly problem: string }> {
  try {
    await runtime.python();
  } catch (error) {
    return { problem: toOutcome(error).message };
  }
  const seconds = Number(environment['SANDBOX_TIMEOUT_SECONDS']);
  const limit = seconds > 0 ? seconds * 1000 : DEFAULT_TIMEOUT;
  return {
    execute: (code, { timeout = limit, signal, ...options }) =>
      steps.around(`%%python\n${code}`, [], async () => {
        const python = await runtime.python();
        return python.execute(code, {
          ...options,
          signal,
          timeout,
          sql: runtime.sqlForPython('model', signal),
        });
      }),
    variables: async () => (runtime.pythonState === 'none' ? [] : (await runtime.python()).variables()),
  };
}
