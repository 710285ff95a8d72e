import { errorTraceback } from '../display/errorText.js';
import type { Kernel } from './Kernel.js';
import { toOutcome } from './outcome.js';

/** Evaluates each Python expression on its own: one that fails leaves the others alone. */
export async function userExpressions(
  kernel: Kernel,
  expressions: Readonly<Record<string, string>>,
): Promise<Record<string, unknown>> {
  const results: Record<string, unknown> = {};
  for (const [key, expression] of Object.entries(expressions)) {
    results[key] = await evaluate(kernel, expression).catch((error: unknown) => {
      const { name, message, traceback } = toOutcome(error);
      return { status: 'error', ename: name, evalue: message, traceback };
    });
  }
  return results;
}

async function evaluate(kernel: Kernel, expression: string): Promise<Record<string, unknown>> {
  const python = await (await kernel.active()).python();
  let value: Record<string, unknown> = { data: {}, metadata: {} };
  const result = await python.execute(expression, {
    cell: 'user expression',
    onEvent: (event) => {
      if (event.type === 'result') value = { data: event.data, metadata: event.metadata };
    },
  });
  if (result.status === 'ok') return { status: 'ok', ...value };
  const { ename, evalue } = result;
  return { status: 'error', ename, evalue, traceback: errorTraceback(ename, evalue) };
}
