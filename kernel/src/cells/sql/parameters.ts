import { rm } from 'node:fs/promises';
import { PythonError, type PythonExports } from '@worldline/sandbox';
import { parameterNames } from '../../database/sql/parameters.js';
import { UserError } from '../errors.js';
import type { Runtime } from '../Runtime.js';

/**
 * Runs SQL with the file of the Python variables that it names (`$name`), or without where it names none. `exports` is how code
 * that is running hands its own over.
 */
export async function withParameters<T>(
  runtime: Runtime,
  sql: string,
  run: (given: { readonly parameters?: string }) => Promise<T>,
  exports?: PythonExports,
): Promise<T> {
  const names = parameterNames(sql);
  if (names.length === 0) return run({});
  const { absolute, relative } = await runtime.exchangeFile();
  try {
    const missing = await handOver(runtime, names, relative, exports);
    if (missing.length > 0) throw unknown(missing);
    return await run({ parameters: absolute });
  } finally {
    await rm(absolute, { force: true });
  }
}

async function handOver(
  runtime: Runtime,
  names: readonly string[],
  file: string,
  exports: PythonExports | undefined,
): Promise<readonly string[]> {
  if (exports === undefined && !runtime.mayHaveVariables) return names;
  try {
    return (await (exports ?? (await runtime.python())).exportValues(names, file)).missing;
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    throw new UserError(
      'ParameterError',
      `SQL could not be given a variable of Python: ${error.message}`,
      'A DataFrame is a table by its name: FROM df.',
    );
  }
}

function unknown(names: readonly string[]): UserError {
  const named = names.map((name) => `$${name}`).join(', ');
  return new UserError(
    'ParameterError',
    `There ${names.length === 1 ? 'is no Python variable' : 'are no Python variables'} for ${named}.`,
    `A Python cell makes one: ${names[0] ?? ''} = …`,
  );
}
