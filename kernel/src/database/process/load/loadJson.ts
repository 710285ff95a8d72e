import { basename } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteText } from '../../sql/quote.js';
import type { CsvOptions, LoadResult } from '../../types.js';
import type { Cancel } from '../cancel.js';
import { jsonDateNotes } from './dateNotes.js';
import { failureOf } from '../failure.js';
import { checkDates, dateOptions, dateOptionsAsRead, hasDates } from './jsonDates.js';
import { loadError, loadFailure } from './loadFailure.js';
import { run, SHOWN_REJECTS, type Into } from './loadInto.js';
import { readLines } from './loadLines.js';
import { roundedColumns } from './roundedColumns.js';
import { inTransaction } from '../transaction.js';
import { markedEncoding } from './beginning.js';
import { encodingOf, inUtf8, noteWindows, WINDOWS, withNote } from './transcode.js';

type Loaded = Pick<LoadResult, 'rows' | 'rejected' | 'rejects' | 'note'>;

/**
 * Loads a JSON or NDJSON file in the encoding that it has, its whole numbers exact whatever their size. Broken lines are
 * counted and shown.
 */
export async function loadJson(
  connection: DuckDBConnection,
  file: string,
  into: Into,
  { encoding, dates }: CsvOptions,
  beginning: Buffer,
  cancel: Cancel,
): Promise<Loaded> {
  const load = (path: string): Promise<Loaded> => loadAs(connection, file, path, into, dates, cancel);
  const known = encoding === undefined ? markedEncoding(beginning) : encodingOf(encoding);
  if (known !== null) return inUtf8(file, known, cancel, load);
  try {
    return await load(file);
  } catch (error) {
    if (!(error instanceof NotUtf8)) throw error;
    return withNote(await inUtf8(file, WINDOWS, cancel, load), noteWindows(file));
  }
}

class NotUtf8 extends Error {}

/** What `read_json` is told beside its file: how dates are written, and how much is looked at for the types. */
interface Reading {
  readonly dates: string;
  readonly sample: string;
}

function sourceOf(path: string, { dates, sample }: Reading): string {
  return `read_json(${path}${dates}${sample})`;
}

async function loadAs(
  connection: DuckDBConnection,
  file: string,
  path: string,
  into: Into,
  dates: CsvOptions['dates'],
  cancel: Cancel,
): Promise<Loaded> {
  const read = (how: Reading): Promise<Loaded> =>
    inTransaction(connection, cancel, async () => {
      const loaded = await readJson(connection, quoteText(path), how, into);
      if (loaded.rows === 0) throw loadError(`${basename(file)} has no rows in it.`);
      if (dates !== undefined && how.dates !== '')
        checkDates(await typesOf(connection, `FROM ${sourceOf(quoteText(path), how)}`), dates);
      return loaded;
    });
  const readWhole = async (): Promise<Loaded> => {
    const options = dates === undefined ? '' : await dateOptions(connection, quoteText(path), dates);
    return read({ dates: options, sample: '' }).catch((error: unknown) => {
      if (!failureOf(error).message.startsWith('JSON transform error')) throw error;
      // What comes late is of another form than its beginning, which is all that DuckDB looks at.
      return read({ dates: options, sample: ', sample_size = -1' });
    });
  };
  try {
    const loaded = await readWhole();
    const types = await typesOf(connection, into.target);
    if (dates !== undefined || !hasDates(types)) return loaded;
    // The rows are in the table, whatever comes of this look.
    const notes = await jsonDateNotes(connection, file, path).catch(() => []);
    return notes.length === 0 ? loaded : { ...loaded, note: notes.join('\n') };
  } catch (error) {
    const { message } = failureOf(error);
    if (!message.startsWith('Malformed JSON')) throw error;
    if (message.includes('invalid UTF-8') && path === file) throw new NotUtf8();
    const failure = loadFailure(error, file, 'json', into.target);
    return await inTransaction(connection, cancel, () =>
      readLines(connection, quoteText(path), into.sql, SHOWN_REJECTS, dates, failure),
    );
  }
}

async function readJson(
  connection: DuckDBConnection,
  path: string,
  how: Reading,
  into: Into,
): Promise<Loaded> {
  const whole = { rejected: 0, rejects: [] };
  const rows = await run(connection, `${into.sql} FROM ${sourceOf(path, how)}`);
  const types = into.append ? new Map<string, string>() : await typesOf(connection, into.target);
  // Columns that DuckDB named are not found by their names.
  const isNamed = [...types.keys()].every((name) => !/_\d+$|^json$/.test(name));
  const doubles = [...types].flatMap(([name, type]) => (type === 'DOUBLE' && isNamed ? [name] : []));
  const source = (columns: ReadonlyMap<string, string>, dates = ''): string => {
    const entries = [...columns].map(([name, type]) => `${quoteText(name)}: ${quoteText(type)}`);
    return `read_json(${path}, columns = {${entries.join(', ')}}${dates})`;
  };
  const wide = await roundedColumns(connection, into.target, doubles, (texts) => source(texts));
  if (wide.size === 0) return { rows, ...whole };
  const dates = how.dates === '' ? await dateOptionsAsRead(connection, path, types) : how.dates + how.sample;
  return {
    rows: await run(connection, `${into.sql} FROM ${source(new Map([...types, ...wide]), dates)}`),
    ...whole,
  };
}

/** The types of a table, or of what a FROM gives, by the names of the columns. */
async function typesOf(connection: DuckDBConnection, source: string): Promise<Map<string, string>> {
  const described = await connection.runAndReadAll(`DESCRIBE ${source}`);
  return new Map(described.getRows().map(([name, type]) => [String(name), String(type)] as const));
}
