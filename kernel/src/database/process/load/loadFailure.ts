import { basename } from 'node:path';
import { count } from '../../../counts.js';
import { DatabaseError } from '../../errors.js';
import { failureOf } from '../failure.js';

export type Format = 'csv' | 'json' | 'parquet';

const OTHER_NAME =
  'Is it of another kind? %load goes by the extension: .csv, .tsv, .json, .ndjson, .parquet, .xlsx.';

export function loadError(message: string): DatabaseError {
  return new DatabaseError('LoadError', message, '', null);
}

/** What was asked for may make no difference to a file, but it must not be passed over. */
export function fitsNothing(option: string, value: string): DatabaseError {
  return loadError(`--${option} ${value} fits no column of this file: none is written so in all its rows.`);
}

/** The error of a load in words for who knows the file; DuckDB's own where it is about something else. */
export function loadFailure(error: unknown, file: string, format: Format, target: string): unknown {
  const name = basename(file);
  const { type, message } = failureOf(error);
  const missing = /^Table ".*" does not have a column with name "([^]*?)"\n/.exec(`${message}\n`)?.[1];
  if (type === 'Binder' && missing !== undefined)
    return loadError(
      `${name} has a column ${missing}, and ${target} has none of that name: nothing was added. ` +
        `ALTER TABLE ${target} ADD COLUMN makes one; --replace makes the table anew.`,
    );
  if (type !== 'Invalid Input') return error;
  if (format === 'parquet') return loadError(`${name} is no Parquet file, or not a whole one. ${OTHER_NAME}`);
  const json = /^Malformed JSON in file ".*?", ([^]*?)\s*$/.exec(message)?.[1];
  if (json !== undefined) return loadError(`${name} is no JSON: ${json} ${OTHER_NAME}`);
  const longest = /^Maximum line size of \d+ bytes exceeded\. Actual Size:(\d+) bytes/m.exec(message)?.[1];
  if (longest !== undefined)
    return loadError(
      `${name} has a line of ${count(Number(longest))} bytes, longer than is read unless you say so: ` +
        `CREATE TABLE t AS FROM read_csv('${name}', max_line_size = ${2 * Number(longest)}).`,
    );
  if (/^Error when sniffing file/.test(message))
    return loadError(
      `${name} could not be read as CSV: no delimiter and quotes fit it. ${OTHER_NAME} ` +
        `Where it is CSV, say how it is made: CREATE TABLE t AS FROM read_csv('${name}', delim = ';', skip = 1).`,
    );
  return error;
}
