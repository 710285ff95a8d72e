import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteAlways, quoteText } from '../../sql/quote.js';
import type { Piece } from '../../sql/split.js';
import type { Cancel } from '../cancel.js';
import { dateFormat, isDate, isDayIn, isEitherOrder, titleOf, type DateOrder } from './notations.js';

/** Rows at which it is looked. */
const SAMPLE = 200;
/** Files of which it is remembered. */
const MOST_FILES = 1000;
/** The options of a reader that say how dates, or which columns, are read; or that keep what a look would write again. */
const SAID =
  /^(?:date_?format|timestamp_?format|d?types|column_types|columns|all_varchar|auto_detect|store_rejects|rejects_table|rejects_scan)$/;
const READERS = [
  { name: 'read_csv', of: /^read_csv(?:_auto)?$/, extension: /\.[ct]sv(?:\.gz|\.zst)?$/i, texts: 'types' },
  {
    name: 'read_json',
    of: /^read_(?:nd)?json(?:_auto)?$/,
    extension: /\.(?:nd)?jsonl?(?:\.gz|\.zst)?$/i,
    texts: 'columns',
  },
] as const;

type Reader = (typeof READERS)[number];

/** A file that a statement reads. */
interface Source {
  readonly file: string;
  readonly reader: Reader;
  /** What the statement tells the reader beside its name, as it is written there; empty where that is nothing. */
  readonly options: string;
}

const ORDERS = ['dmy', 'mdy', 'ymd'] as const satisfies readonly DateOrder[];

/**
 * What to know of the dates in the CSV and JSON files that a statement reads: that day and month could change places, where
 * the statement says nothing of it. DuckDB takes one of the orders and does not tell.
 */
export async function dateNotes(
  connection: DuckDBConnection,
  piece: Piece,
  cancel: Cancel,
): Promise<string[]> {
  const { tokens } = piece;
  if (tokens[0]?.text === 'copy' || tokens.some(({ kind, text }) => kind === 'word' && SAID.test(text)))
    return [];
  const notes: string[] = [];
  for (const source of sourcesIn(piece)) notes.push(...(await notesOnce(connection, source, cancel)));
  return notes;
}

/** What was found of files as they are now: looking at a large one takes tens of milliseconds. */
const found = new Map<string, string[]>();

async function notesOnce(connection: DuckDBConnection, source: Source, cancel: Cancel): Promise<string[]> {
  const { file, reader, options } = source;
  const about = await stat(file).catch(() => null);
  // Gone since the statement read it.
  if (about === null) return [];
  const key = [reader.name, file, options, about.size, about.mtimeMs].join('\n');
  // What cannot be looked at is not told of.
  const notes = found.get(key) ?? (await notesOn(connection, source).catch(() => []));
  // A look that was ended early tells nothing of the file.
  if (cancel.cancelled) return [];
  if (found.size >= MOST_FILES) found.clear();
  found.set(key, notes);
  return notes;
}

/** The files on this machine that are named after FROM or JOIN, or for a reader. */
function sourcesIn(piece: Piece): Source[] {
  const { tokens } = piece;
  const sources = new Map<string, Source>();
  tokens.forEach(({ kind, text: file }, at) => {
    if (kind !== 'string' && kind !== 'quoted') return;
    const [before, bracket] = [tokens[at - 2]?.text ?? '', tokens[at - 1]?.text ?? ''];
    const reader = READERS.find(({ of, extension }) =>
      bracket === '(' ? of.test(before) : ['from', 'join', ','].includes(bracket) && extension.test(file),
    );
    const options = bracket === '(' ? optionsAfter(piece, at) : '';
    if (reader && options !== null && existsSync(file))
      sources.set(`${file}\n${options}`, { file, reader, options });
  });
  return [...sources.values()];
}

/** What follows the first argument of a call, the token `at`; null where that is more than the token. */
function optionsAfter({ sql, start, tokens }: Piece, at: number): string | null {
  const next = tokens[at + 1];
  if (next?.text !== ',' && next?.text !== ')') return null;
  let depth = 1;
  const end = tokens.find(({ kind, text }, index) => {
    if (kind === 'symbol' && index > at) depth += text === '(' ? 1 : text === ')' ? -1 : 0;
    return depth === 0;
  });
  return end === undefined || end === next ? '' : sql.slice(next.end - start, end.start - start).trim();
}

/** The same of a JSON file that is loaded. `copy`: where it is read, which may be in another encoding. */
export async function jsonDateNotes(
  connection: DuckDBConnection,
  file: string,
  copy: string,
): Promise<string[]> {
  const columns = await unclearDates(connection, { file: copy, reader: READERS[1], options: '' });
  return columns.map((column) => `${meanings(column, file)}: --dates ${column.other} reads them so.`);
}

async function notesOn(connection: DuckDBConnection, source: Source): Promise<string[]> {
  const columns = await unclearDates(connection, source);
  return columns.map((column) => {
    const option = column.type === 'DATE' ? 'dateformat' : 'timestampformat';
    const other = callOf(source, `${option} = ${quoteText(dateFormat(column.shown, column.other))}`);
    return `${meanings(column, source.file)}: ${other} reads them so.`;
  });
}

interface UnclearDates {
  readonly name: string;
  readonly type: 'DATE' | 'TIMESTAMP';
  /** One of its values, as it is written. */
  readonly shown: string;
  /** In which order they were read, and in which they could be meant. */
  readonly order: DateOrder;
  readonly other: 'dmy' | 'mdy';
}

function meanings({ name, order, other }: UnclearDates, file: string): string {
  return (
    `${name} of ${basename(file)} was read ${titleOf(order)}. ` +
    `Its first values could also be meant ${titleOf(other)}`
  );
}

/** How a source is read in a FROM. */
function callOf({ file, reader, options }: Source, ...more: string[]): string {
  return `${reader.name}(${[quoteText(file), options, ...more].filter(Boolean).join(', ')})`;
}

async function unclearDates(connection: DuckDBConnection, source: Source): Promise<UnclearDates[]> {
  const described = await connection.runAndReadAll(`DESCRIBE FROM ${callOf(source)}`);
  const columns = described
    .getRows()
    .flatMap(([name, type]): Pick<UnclearDates, 'name' | 'type'>[] =>
      type === 'DATE' || type === 'TIMESTAMP' ? [{ name: String(name), type }] : [],
    );
  if (columns.length === 0) return [];
  const names = columns.map(({ name }) => quoteAlways(name));
  const asText = columns.map(({ name }) => `${quoteText(name)}: 'VARCHAR'`).join(', ');
  const written = await valuesOf(
    connection,
    `SELECT ${names.join(', ')} FROM ${callOf(source, `${source.reader.texts} = {${asText}}`)} LIMIT ${SAMPLE}`,
  );
  const dates = columns.flatMap((column, at) => {
    const shown = (written[at] ?? []).flatMap((text) => (text === null ? [] : [text.trim()]));
    return shown.length > 0 && shown.every(isDate) ? [{ ...column, at, shown }] : [];
  });
  // One that is certain tells of the others.
  if (dates.length === 0 || !dates.every(({ shown }) => shown.every(isEitherOrder))) return [];
  const read = await valuesOf(
    connection,
    `SELECT ${names.map((name) => `${name}::DATE::VARCHAR`).join(', ')} FROM ${callOf(source)} LIMIT ${SAMPLE}`,
  );
  return dates.flatMap(({ name, type, at, shown: [shown = ''] }) => {
    const order = orderOf(written[at] ?? [], read[at] ?? []);
    return order === null ? [] : [{ name, type, shown, order, other: order === 'dmy' ? 'mdy' : 'dmy' }];
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
