import type { DuckDBConnection } from '@duckdb/node-api';
import { DatabaseError } from '../../errors.js';
import { quoteAlways } from '../../sql/quote.js';
import type { Attachment } from '../../types.js';
import { failureOf } from '../failure.js';

/** Kinds of error with which a database answers that has no table of a name: it is there. */
const ANSWERS = new Set(['Catalog', 'Binder']);

/** Whether a database is read by an extension, and may be gone at any time. */
function isElsewhere({ type }: Attachment): boolean {
  return type !== 'duckdb';
}

/** Of attached databases, those that no longer answer. */
export async function unreachable(
  connection: DuckDBConnection,
  attachments: readonly Attachment[],
): Promise<Attachment[]> {
  const gone: Attachment[] = [];
  for (const each of attachments.filter(isElsewhere)) {
    try {
      await connection.run(`DESCRIBE FROM ${quoteAlways(each.alias)}.worldline_no_such_table`);
    } catch (error) {
      if (!ANSWERS.has(failureOf(error).type)) gone.push(each);
    }
  }
  return gone;
}

/** Says which were let go of, and why. */
export function lostAttachments(gone: readonly Attachment[], cause: unknown): DatabaseError {
  const names = gone.map(({ alias }) => alias).join(', ');
  const [why = ''] = failureOf(cause).message.split('\n');
  return new DatabaseError(
    'AttachError',
    `${names} cannot be read any more, and was let go of: ${why}\nA cell that names it attaches it again, once it answers; without it, the same cell works now.`,
    '',
    null,
  );
}
