import type { DuckDBConnection } from '@duckdb/node-api';
import type { Cancel } from './cancel.js';
import { failureOf } from './failure.js';

/** Runs `work` in a transaction, which is committed where it succeeds. */
export function inTransaction<T>(
  connection: DuckDBConnection,
  cancel: Cancel,
  work: () => Promise<T>,
): Promise<T> {
  return within(connection, cancel, 'BEGIN', async () => {
    const result = await work();
    // One that is interrupted may have taken effect, or not.
    await cancel.spare(() => connection.run('COMMIT'));
    return result;
  });
}

/** Runs `work` in a read-only transaction that never commits. */
export function readOnly<T>(
  connection: DuckDBConnection,
  cancel: Cancel,
  work: () => Promise<T>,
): Promise<T> {
  return within(connection, cancel, 'BEGIN TRANSACTION READ ONLY', work);
}

/** Ends the transaction that is open, aborted or not, if there is one: an open one would block what comes next. */
export async function rollBack(connection: DuckDBConnection, cancel: Cancel): Promise<void> {
  await cancel.spare(async () => {
    try {
      await connection.run('ROLLBACK');
    } catch (error) {
      if (failureOf(error).type !== 'TransactionContext') throw error;
    }
  });
}

async function within<T>(
  connection: DuckDBConnection,
  cancel: Cancel,
  begin: string,
  work: () => Promise<T>,
): Promise<T> {
  await cancel.spare(() => connection.run(begin));
  try {
    return await work();
  } finally {
    await rollBack(connection, cancel);
  }
}
