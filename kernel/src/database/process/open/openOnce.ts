import { statSync } from 'node:fs';
import { DatabaseError } from '../../errors.js';
import type { Attachment } from '../../types.js';

/**
 * Throws a DatabaseError for a file that this process has open already under another name: two openings of one file know
 * nothing of each other's changes, and closing either gives up the lock of both. DuckDB itself compares names.
 */
export function checkOpenOnce(
  { source, type }: Attachment,
  own: string,
  others: readonly Attachment[],
): void {
  if (type !== 'duckdb') return;
  const id = identityOf(source);
  if (id === null) return;
  if (id === identityOf(own)) refuse(source, 'this database itself', 'Its tables are here already.');
  const other = others.find((each) => each.type === 'duckdb' && identityOf(each.source) === id);
  if (other !== undefined)
    refuse(source, `attached as ${other.alias}`, `Its tables are ${other.alias}.NAME.`);
}

function refuse(source: string, what: string, advice: string): never {
  throw new DatabaseError('AttachError', `${source} is ${what}, under another name. ${advice}`, '', null);
}

/** Device and number; null where there is no such file, or none that may be looked at. */
export function identityOf(file: string): string | null {
  try {
    const { dev, ino } = statSync(file, { bigint: true });
    return `${dev} ${ino}`;
  } catch {
    return null;
  }
}
