import type { ExportOptions } from '../../worldlines/types.js';
import type { OptionSpec } from '../reading/arguments.js';
import { UserError } from '../errors.js';

export const EXPORT_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'with-data',
    about: 'add the workspace, and the database: its rows as Parquet, and what makes all else in it',
  },
  { name: 'as-code', about: 'write agent runs as %%sql and %%python cells that run without a model' },
  { name: 'no-steps', about: 'leave the steps of agent runs out of a report' },
];

/** The names of options, as a magic and the comm give them. Throws a UserError for an unknown one. */
export function exportOptions(names: Iterable<string>): ExportOptions {
  const given = new Set([...names].map((name) => name.replace(/^--/, '')));
  for (const name of given) {
    if (!EXPORT_OPTIONS.some((option) => option.name === name)) {
      throw new UserError('UsageError', `%export has no option --${name}.`, '%export? explains it.');
    }
  }
  return { withData: given.has('with-data'), asCode: given.has('as-code'), steps: !given.has('no-steps') };
}
