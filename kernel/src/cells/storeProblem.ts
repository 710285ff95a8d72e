import { sep } from 'node:path';
import { UserError } from './errors.js';

/** Where a file of the store could not be used: what a person can do about it. Any other error as it is. */
export function storeProblem(error: unknown, home: string): unknown {
  if (!(error instanceof Error)) return error;
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === undefined || (path !== home && path?.startsWith(home + sep) !== true)) return error;
  return new UserError(
    'StoreError',
    `The session store cannot be used: ${message}`,
    `Worldlines are kept in ${home}: see that this is a folder, on a disk that is there, in which you may write, and run the cell again. Where it was removed, restart the kernel, which makes a new one. WORLDLINE_HOME names another place.`,
  );
}
