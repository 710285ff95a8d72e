import { sep } from 'node:path';
import { CellFailure, UserError } from '../errors.js';

/**
 * Where a file of the store could not be used: what a person can do about it. Any other error as it is. `removed` is what is
 * to be said where the store is gone: what fails then fails of that, but for code that a person ran.
 */
export function storeProblem(error: unknown, home: string, removed: Error | null): unknown {
  if (!(error instanceof Error)) return error;
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (removed !== null && (!(error instanceof CellFailure) || message.includes(home + sep))) return removed;
  if (code === undefined || (path !== home && path?.startsWith(home + sep) !== true)) return error;
  return new UserError(
    'StoreError',
    `The session store cannot be used: ${message}`,
    `Worldlines are kept in ${home}: see that this is a folder, on a disk that is there, in which you may write, and run the cell again. Where it was removed, restart the kernel, which makes a new one. WORLDLINE_HOME names another place.`,
  );
}
