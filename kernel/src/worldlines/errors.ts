/** A failure of the session store or of a request to it. The message says what to do. */
export class WorldlineError extends Error {
  override readonly name: string = 'WorldlineError';
}

/** Nothing goes by that name or id. */
export class NotFoundError extends WorldlineError {
  override readonly name = 'NotFoundError';
}

/** An object of the store is missing or is not what its name says. */
export class DamagedObjectError extends WorldlineError {
  override readonly name = 'DamagedObjectError';
  constructor(readonly object: string) {
    super(
      `A part of the session store is damaged (${object.slice(0, 12)}). It was set aside; go back to another checkpoint.`,
    );
  }
}

/** The store could not be written; what was there before stays as it was. */
export class StoreWriteError extends WorldlineError {
  override readonly name = 'StoreWriteError';
  constructor(what: string, cause: unknown) {
    const code = errorCode(cause);
    super(
      code === 'ENOSPC' || code === 'EDQUOT'
        ? `${what}: the disk is full. Free some space, or run %worldlines --gc, and run the cell again.`
        : `${what}: ${describe(cause)}`,
      { cause },
    );
  }
}

/** The folder of the store was taken away while this kernel ran. */
export class StoreRemovedError extends WorldlineError {
  override readonly name = 'StoreRemovedError';
  constructor(folder: string) {
    super(
      `The folder in which the worldlines of this notebook are kept was removed while the kernel ran: ${folder}. What needs nothing of it goes on, and nothing more is kept. Put the folder back, or bring away what you need and restart the kernel, which makes a new one.`,
    );
  }
}

/** The store, or what a kernel left in it, was written by a newer version. */
export class NewerStoreError extends WorldlineError {
  override readonly name = 'NewerStoreError';
  constructor(what: string, format: number) {
    super(
      `${what} was written by a newer Worldline (format ${format}) and stays as it is: update Worldline to go on with the worldlines in it. What you do until then is kept beside them, and comes along.`,
    );
  }
}

export function errorCode(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? (error as { code: string }).code
    : undefined;
}

export function describe(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error);
}
