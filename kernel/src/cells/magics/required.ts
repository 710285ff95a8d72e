import { seeHelp } from '../reading/arguments.js';
import { UserError } from '../errors.js';

/** The word that a magic can't do without. Throws a UserError that tells what is missing. */
export function required(value: string | undefined, magic: string, what: string): string {
  if (value !== undefined) return value;
  throw new UserError('UsageError', `${magic} needs ${what}.`, seeHelp(magic));
}
