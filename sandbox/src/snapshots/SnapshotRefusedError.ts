/** What the sandbox wrote is not a well-formed capture. Nothing of it is kept; ask for a full capture. */
export class SnapshotRefusedError extends Error {
  override readonly name = 'SnapshotRefusedError';

  constructor(problem: string, options?: ErrorOptions) {
    super(`The variables could not be taken over from the sandbox: ${problem}.`, options);
  }
}
