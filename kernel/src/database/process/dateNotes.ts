import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteAlways, quoteText } from '../sql/quote.js';
import type { Token } from '../sql/scan.js';
import type { Piece } from '../sql/split.js';
import type { Cancel } from './cancel.js';
import { dateFormat, isDate, isDayIn, isEitherOrder, titleOf, type DateOrder } from './notations.js';

/** Rows at which it is looked. */
const SAMPLE = 200;
/** Files of which it is remembered. */
const MOST_FILES = 1000;
/** The options of a reader that say how dates, or which columns, are read. */
const SAID = /^(?:date_?format|timestamp_?format|d?types|column_types|columns|all_varchar|auto_detect)$/;
const READERS = [
  { name: 'read_csv', of: /^read_csv(?:_auto)?$/, extension: /\.[ct]sv(?:\.gz|\.zst)?$/i, texts: 'types' },
  {
    name: 'read_json',
    of: /^read_(?:nd)?json(?:_auto|_objects)?$/,
    extension: /\.(?:nd)?jsonl?(?:\.gz|\.zst)?$/i,
    texts: 'columns',
  },
] as const;

type Reader = (typeof READERS)[number];
const ORDERS = ['dmy', 'mdy', 'ymd'] as const satisfies readonly DateOrder[];

/**
 * What to know of the dates in the CSV and JSON files that a statement reads: that day and month could change places, where
 * the statement says nothing of it. DuckDB takes one of the orders and does not tell.
 */
export async function dateNotes(
  connection: DuckDBConnection,
  { tokens }: Piece,
  cancel: Cancel,
): Promise<string[]> {
  if (tokens[0]?.text === 'copy' || tokens.some(({ kind, text }) => kind === 'word' && SAID.test(text)))
    return [];
  const notes: string[] = [];
  for (const [file, reader] of filesIn(tokens)) {
    notes.push(...(await notesOnceOnFile(connection, file, reader, cancel)));
  }
  return notes;
}

/** What was found of files as they are now: looking at a large one takes tens of milliseconds. */
const found = new Map<string, string[]>();

async function notesOnceOnFile(
  connection: DuckDBConnection,
  file: string,
  reader: Reader,
  cancel: Cancel,
): Promise<string[]> {
  const about = await stat(file).catch(() => null);
  // Gone since the statement read it.
  if (about === null) return [];
  const key = [reader.name, file, about.size, about.mtimeMs].join('\n');
  // What cannot be read without the statement's own options is not told of.
  const notes = found.get(key) ?? (await notesOnFile(connection, file, file, reader).catch(() => []));
  // A look that was ended early tells nothing of the file.
  if (cancel.cancelled) return [];
  if (found.size >= MOST_FILES) found.clear();
  found.set(key, notes);
  return notes;
}

/** The files on this machine that are named after FROM or JOIN, or for a reader. */
function filesIn(tokens: readonly Token[]): Map<string, Reader> {
  const files = new Map<string, Reader>();
  tokens.forEach(({ kind, text }, at) => {
    if (kind !== 'string' && kind !== 'quoted') return;
    const [before, bracket] = [tokens[at - 2]?.text ?? '', tokens[at - 1]?.text ?? ''];
    const reader = READERS.find(({ of, extension }) =>
      bracket === '(' ? of.test(before) : ['from', 'join', ','].includes(bracket) && extension.test(text),
    );
    if (reader && existsSync(text)) files.set(text, reader);
  });
  return files;
}

/** The same of a JSON file that is loaded. `copy`: where it is read, which may be in another encoding. */
export function jsonDateNotes(connection: DuckDBConnection, file: string, copy: string): Promise<string[]> {
  return notesOnFile(connection, file, copy, READERS[1]);
}

async function notesOnFile(
  connection: DuckDBConnection,
  file: string,
  copy: string,
  { name: reader, texts }: Reader,
): Promise<string[]> {
  const path = quoteText(copy);
  const described = await connection.runAndReadAll(`DESCRIBE FROM ${reader}(${path})`);
  const columns = described
    .getRows()
    .flatMap(([name, type]) =>
      type === 'DATE' || type === 'TIMESTAMP' ? [{ name: String(name), type }] : [],
    );
  if (columns.length === 0) return [];
  const names = columns.map(({ name }) => quoteAlways(name));
  const asText = columns.map(({ name }) => `${quoteText(name)}: 'VARCHAR'`).join(', ');
  const written = await valuesOf(
    connection,
    `SELECT ${names.join(', ')} FROM ${reader}(${path}, ${texts} = {${asText}}) LIMIT ${SAMPLE}`,
  );
  const dates = columns.flatMap((column, at) => {
    const shown = (written[at] ?? []).flatMap((text) => (text === null ? [] : [text.trim()]));
    return shown.length > 0 && shown.every(isDate) ? [{ ...column, at, shown }] : [];
  });
  // One that is certain tells of the others.
  if (dates.length === 0 || !dates.every(({ shown }) => shown.every(isEitherOrder))) return [];
  const read = await valuesOf(
    connection,
    `SELECT ${names.map((name) => `${name}::DATE::VARCHAR`).join(', ')} FROM ${reader}(${path}) LIMIT ${SAMPLE}`,
  );
  return dates.flatMap(({ name, type, at, shown }) => {
    const order = orderOf(written[at] ?? [], read[at] ?? []);
    if (order === null) return [];
    const other = order === 'dmy' ? 'mdy' : 'dmy';
    const option = type === 'DATE' ? 'dateformat' : 'timestampformat';
    const format = quoteText(dateFormat(shown[0] ?? '', other));
    return [
      `${name} of ${basename(file)} was read ${titleOf(order)}. Its first values could also be meant ${titleOf(other)}: ` +
        `${reader}(${quoteText(file)}, ${option} = ${format}) reads them so.`,
    ];
  });
}

async function valuesOf(connection: DuckDBConnection, sql: string): Promise<(string | null)[][]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getColumns() as (string | null)[][];
}

/** In which order texts were read as dates; null where it makes no difference. */
function orderOf(written: readonly (string | null)[], read: readonly (string | null)[]): DateOrder | null {
  const [order, ...others] = ORDERS.filter((each) =>
    written.every((text, at) => text === null || isDayIn(each, text, read[at] ?? '')),
  );
  return order === undefined || others.length > 0 ? null : order;
}
