/** Something the user can mend: what is wrong in one line, and what to do about it. */
export class UserError extends Error {
  /** `name` is what the front end shows as the error's kind; `hint` says what to do, one line or several. */
  constructor(
    override readonly name: string,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/** The user pressed stop. */
export class InterruptedCell extends Error {
  override readonly name = 'Interrupted';
  constructor(message = 'The cell was interrupted.') {
    super(message);
  }
}

/** A cell that ended in an error whose traceback is already written, such as Python's. */
export class CellFailure extends Error {
  constructor(
    override readonly name: string,
    message: string,
    readonly traceback: readonly string[],
  ) {
    super(message);
  }
}
