/** How to get the sandbox image. */
export const BUILD = '`node install.mjs` in the folder of Worldline, which %doctor names';

/** Something that a person has to do before Python runs: `problem` says what is wrong, `fix` what to do. */
export class SandboxUnavailableError extends Error {
  override readonly name: string = 'SandboxUnavailableError';
  constructor(
    readonly problem: string,
    readonly fix: string,
    options?: ErrorOptions,
  ) {
    super(`${problem} ${fix}`, options);
  }
}

/** A limit, a folder or an option that cannot be used; the message says what would do. */
export class SandboxOptionError extends Error {
  override readonly name = 'SandboxOptionError';
}

/** The container or its engine went away in the middle of something. */
export class SandboxGoneError extends Error {
  override readonly name = 'SandboxGoneError';
}

/** The Python process died; the supervisor has another one coming. */
export class WorkerDiedError extends Error {
  override readonly name = 'WorkerDiedError';
  constructor(
    readonly why: 'exit' | 'signal' | 'memory',
    readonly code: number,
  ) {
    super(`The Python process ended (${why} ${code}).`);
  }
}

/**
 * The variables of a session could not be saved, by what its code made of Python: a fresh one can save its own. `problem` is a
 * sentence that says what happened.
 */
export class UnsavedVariablesError extends Error {
  override readonly name = 'UnsavedVariablesError';
  constructor(
    readonly problem: string,
    options?: ErrorOptions,
  ) {
    super(`The variables could not be kept: ${problem}`, options);
  }
}

/** What a request to the runner raised in Python. */
export class PythonError extends Error {
  override readonly name = 'PythonError';
  constructor(
    readonly ename: string,
    readonly evalue: string,
  ) {
    super(evalue === '' ? ename : `${ename}: ${evalue}`);
  }
}

/** The runner did not keep to the protocol; its container is given up. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** A file in a workspace that is larger than what is read of one. */
export class FileTooLargeError extends Error {
  override readonly name = 'FileTooLargeError';
  constructor(path: string, bytes: number, most: number) {
    super(`${path} has ${bytes} bytes, more than the ${most} that are read.`);
  }
}

/** A path in a workspace that is not read: a link, a special file, or outside. */
export class UnsafePathError extends Error {
  override readonly name = 'UnsafePathError';
}
