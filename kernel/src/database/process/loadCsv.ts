import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteAlways } from '../sql/quote.js';
import { noteAbove } from '../noteAbove.js';
import type { CsvOptions, LoadResult } from '../types.js';
import { run, SHOWN_REJECTS, type Into } from './loadInto.js';
import { readTexts, type Readings } from './readTexts.js';
import { csvSource, sniffCsv, type Dialect, type Encoding, type Types } from './sniffCsv.js';

/** Beyond this, a DOUBLE no longer holds every whole number. */
const EXACT_DOUBLE = 2 ** 53;
const NO_HEADER =
  'No line with the names of the columns was seen, and all were taken for rows: --header takes the first one for it.';

type Loaded = Pick<LoadResult, 'rows' | 'rejected' | 'rejects' | 'note'>;

/**
 * Loads a CSV file in the encoding that it has, its whole numbers exact whatever their size. Lines that do not parse are
 * counted and shown.
 */
export async function loadCsv(
  connection: DuckDBConnection,
  file: string,
  into: Into,
  asked: CsvOptions,
  inTransaction: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<Loaded> {
  // Before the transaction, which an error would end.
  const load = async (path: string, encoding: Encoding): Promise<Loaded> => {
    const dialect = await sniffCsv(connection, path, encoding, asked);
    const fixed = into.append
      ? await fixedTypes(connection, into.target, dialect)
      : new Map<string, string>();
    const readings = await readTexts(connection, dialect, fixed, asked);
    return inTransaction(() => loadAs(connection, dialect, into, fixed, readings));
  };
  try {
    return await load(file, await markedEncoding(file));
  } catch (error) {
    if (!(error instanceof WrongEncoding)) throw error;
    const transcoded = await fromWindows(file);
    try {
      const loaded = await load(transcoded, 'utf-8');
      const note = `${basename(file)} is not UTF-8: it was read as Windows-1252 (Latin-1).`;
      return { ...loaded, note: [note, loaded.note].filter(Boolean).join('\n') };
    } finally {
      await rm(transcoded, { force: true });
    }
  }
}

class WrongEncoding extends Error {}

async function loadAs(
  connection: DuckDBConnection,
  dialect: Dialect,
  into: Into,
  fixed: Types,
  readings: Readings,
): Promise<Loaded> {
  const first = await read(connection, dialect, into, fixed, readings);
  if (
    dialect.encoding === 'utf-8' &&
    !dialect.file.endsWith('.zst') &&
    first.rejects.some(({ reason }) => reason.startsWith('Invalid unicode'))
  ) {
    throw new WrongEncoding();
  }
  const wide = into.append
    ? new Map<string, string>()
    : await roundedColumns(connection, dialect, into.target, readings);
  const loaded = wide.size === 0 ? first : await read(connection, dialect, into, wide, readings);
  const notes = [noteAbove(dialect.above), dialect.hasHeader ? '' : NO_HEADER, ...readings.notes].filter(
    Boolean,
  );
  return notes.length === 0 ? loaded : { ...loaded, note: notes.join('\n') };
}

async function read(
  connection: DuckDBConnection,
  dialect: Dialect,
  into: Into,
  types: Types,
  { values }: Readings,
): Promise<Loaded> {
  for (const table of ['worldline_rejects', 'worldline_scans'])
    await connection.run(`DROP TABLE IF EXISTS temp.${table}`);
  const texts = [...values.keys()].map((name) => [name, 'VARCHAR'] as const);
  const source = csvSource(
    dialect,
    [`store_rejects = true, rejects_table = 'worldline_rejects', rejects_scan = 'worldline_scans'`],
    new Map([...types, ...texts]),
  );
  const replaced = [...values].map(([name, value]) => `${value} AS ${quoteAlways(name)}`);
  const columns = replaced.length === 0 ? '' : `SELECT * REPLACE (${replaced.join(', ')}) `;
  const rows = await run(connection, `${into.sql} ${columns}FROM ${source}`);
  const counted = await connection.runAndReadAll(
    'SELECT count(DISTINCT (scan_id, file_id, line)) FROM temp.worldline_rejects',
  );
  const shown = await connection.runAndReadAll(
    `SELECT line, column_name, error_message, csv_line FROM temp.worldline_rejects ORDER BY line LIMIT ${SHOWN_REJECTS}`,
  );
  return {
    rows,
    rejected: Number(counted.getRows()[0]?.[0] ?? 0),
    rejects: shown.getRows().map(([line, column, reason, text]) => ({
      line: line === null ? null : Number(line),
      column: column === null ? null : String(column),
      reason: plainReason(String(reason)),
      text: String(text),
    })),
  };
}

/** The column is named beside it. */
function plainReason(message: string): string {
  const line = message.split('\n')[0] ?? '';
  return line.replace(/^Error when converting column "(?:[^"]|"")*"\. /, '');
}

/** The encoding that the first bytes tell. */
async function markedEncoding(file: string): Promise<Encoding> {
  const handle = await open(file, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    const mark = buffer.toString('hex');
    return mark === 'fffe' || mark === 'feff' ? 'utf-16' : 'utf-8';
  } finally {
    await handle.close();
  }
}

/** A copy in UTF-8, in the workspace, of a file in the encoding that those without a mark have most often. */
async function fromWindows(file: string): Promise<string> {
  const folder = join(process.cwd(), '.worldline');
  const copy = join(folder, `load-${process.pid}.csv`);
  await mkdir(folder, { recursive: true });
  const decoder = new TextDecoder('windows-1252');
  const decode = async function* (bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
  };
  const [from, to] = [createReadStream(file), createWriteStream(copy)];
  if (/\.gz$/i.test(file)) await pipeline(from, createGunzip(), decode, to);
  else await pipeline(from, decode, to);
  return copy;
}

/** Columns of the table that hold more than DuckDB would take a column of a file for: their types are the file's as well. */
async function fixedTypes(
  connection: DuckDBConnection,
  target: string,
  { types }: Dialect,
): Promise<Map<string, string>> {
  const described = await connection.runAndReadAll(`DESCRIBE ${target}`);
  const held = new Map(
    described.getRows().map(([name, type]) => [String(name).toLowerCase(), String(type)] as const),
  );
  return new Map(
    [...types.keys()].flatMap((name) => {
      const type = held.get(name.toLowerCase()) ?? '';
      return /^(HUGEINT|DECIMAL|VARCHAR)/.test(type) ? [[name, type] as const] : [];
    }),
  );
}

/** Columns that were taken for DOUBLE and are whole numbers, too large for it, with the type that keeps them. */
async function roundedColumns(
  connection: DuckDBConnection,
  dialect: Dialect,
  target: string,
  { values }: Readings,
): Promise<Map<string, string>> {
  const doubles = [...dialect.types].flatMap(([name, type]) =>
    type === 'DOUBLE' && !values.has(name) ? [name] : [],
  );
  if (doubles.length === 0) return new Map();
  const large = doubles.map((name) => `max(abs(${quoteAlways(name)})) >= ${EXACT_DOUBLE}`);
  const found =
    (await connection.runAndReadAll(`SELECT ${large.join(', ')} FROM ${target}`)).getRows()[0] ?? [];
  const suspects = doubles.filter((_, index) => found[index] === true);
  if (suspects.length === 0) return new Map();
  const tests = suspects.map((name) => {
    const text = `trim(${quoteAlways(name)})`;
    return (
      `CASE WHEN NOT bool_and(regexp_full_match(${text}, '[+-]?[0-9]+')) THEN NULL ` +
      `WHEN bool_and(TRY_CAST(${text} AS HUGEINT) IS NOT NULL) THEN 'HUGEINT' ELSE 'VARCHAR' END`
    );
  });
  const texts = new Map(suspects.map((name) => [name, 'VARCHAR']));
  const source = csvSource(dialect, ['ignore_errors = true'], texts);
  const types =
    (await connection.runAndReadAll(`SELECT ${tests.join(', ')} FROM ${source}`)).getRows()[0] ?? [];
  return new Map(
    suspects.flatMap((name, index) => (types[index] === null ? [] : [[name, String(types[index])] as const])),
  );
}
