/** What DuckDB itself refused or failed at. `name` is its kind, such as `BinderError`. */
export class DatabaseError extends Error {
  constructor(
    name: string,
    message: string,
    /** The statement that failed. */
    readonly sql: string,
    /** Code point offset in the whole cell text; null where DuckDB names none. */
    readonly position: number | null,
  ) {
    super(message);
    this.name = name;
  }
}

/** A statement that its author may not run here. The message says what was refused and what to do instead. */
export class GateError extends Error {
  override readonly name = 'GateError';
  constructor(
    message: string,
    readonly sql: string,
  ) {
    super(message);
  }
}

/** The statement ran past its deadline and was stopped; what it changed is rolled back. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  constructor(readonly milliseconds: number) {
    super(
      `The statement was stopped after its deadline of ${seconds(milliseconds)}. Narrow it (a filter, fewer columns), or give it more time.`,
    );
  }
}

/** The statement was interrupted; what it changed is rolled back. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  constructor() {
    super('The statement was interrupted; nothing that it had begun was kept.');
  }
}

/** The database process is gone. The next call opens the last committed state again. */
export class DatabaseLostError extends Error {
  override readonly name = 'DatabaseLostError';
  constructor(reason: string) {
    super(
      `${reason} The database opens again in its last committed state; temporary tables and the pages of earlier results are gone.`,
    );
  }
}

/** The rows of an earlier result are no longer held. */
export class ResultGoneError extends Error {
  override readonly name = 'ResultGoneError';
  constructor() {
    super('The rows of this result are no longer held. Run its cell again to page through it.');
  }
}

/** `load` was asked to make a table that is there already. */
export class TableExistsError extends Error {
  override readonly name = 'TableExistsError';
  constructor(readonly table: string) {
    super(
      `A table ${table} exists already. Load with --replace to replace it, or with --append to add to it.`,
    );
  }
}

function seconds(milliseconds: number): string {
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000} s` : `${milliseconds} ms`;
}

/** An error as it crosses from the database process to the kernel. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly kind: 'database' | 'gate' | 'interrupted' | 'gone' | 'exists' | 'internal';
  readonly sql?: string;
  readonly position?: number | null;
}

/** Whether an error is one of this room's own. */
export function isTyped(error: unknown): boolean {
  return [DatabaseError, GateError, InterruptedError, ResultGoneError, TableExistsError].some(
    (kind) => error instanceof kind,
  );
}

export function toWire(error: unknown): WireError {
  if (error instanceof GateError)
    return { kind: 'gate', name: error.name, message: error.message, sql: error.sql };
  if (error instanceof InterruptedError)
    return { kind: 'interrupted', name: error.name, message: error.message };
  if (error instanceof ResultGoneError) return { kind: 'gone', name: error.name, message: error.message };
  if (error instanceof TableExistsError) return { kind: 'exists', name: error.name, message: error.table };
  if (error instanceof DatabaseError) {
    const { name, message, sql, position } = error;
    return { kind: 'database', name, message, sql, position };
  }
  const known = error instanceof Error ? error : new Error(String(error));
  return { kind: 'internal', name: known.name, message: known.message };
}

export function fromWire(error: WireError): Error {
  switch (error.kind) {
    case 'gate':
      return new GateError(error.message, error.sql ?? '');
    case 'interrupted':
      return new InterruptedError();
    case 'gone':
      return new ResultGoneError();
    case 'exists':
      return new TableExistsError(error.message);
    case 'database':
    case 'internal':
      return new DatabaseError(error.name, error.message, error.sql ?? '', error.position ?? null);
  }
}
