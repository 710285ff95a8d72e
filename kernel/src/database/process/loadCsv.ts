import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteAlways, quoteText } from '../sql/quote.js';
import { noteAbove } from '../noteAbove.js';
import type { LoadResult } from '../types.js';
import { linesAbove } from './linesAbove.js';
import { run, SHOWN_REJECTS, type Into } from './loadInto.js';

/** Beyond this, a DOUBLE no longer holds every whole number. */
const EXACT_DOUBLE = 2 ** 53;

type Loaded = Pick<LoadResult, 'rows' | 'rejected' | 'rejects' | 'note'>;
export type Encoding = 'utf-8' | 'utf-16';

/**
 * Loads a CSV file in the encoding that it has, its whole numbers exact whatever their size. Lines that do not parse are
 * counted and shown.
 */
export async function loadCsv(
  connection: DuckDBConnection,
  file: string,
  into: Into,
  inTransaction: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<Loaded> {
  // Before the transaction, which an error would end.
  const load = async (path: string, encoding: Encoding): Promise<Loaded> => {
    const above = await linesAbove(connection, path, encoding);
    return inTransaction(() => loadAs(connection, path, into, encoding, above));
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
  file: string,
  into: Into,
  encoding: Encoding,
  above: number,
): Promise<Loaded> {
  const types = into.append ? await wideColumns(connection, into.target) : {};
  const as = above === 0 ? [] : [`skip = ${above}`];
  const first = await read(connection, file, into, encoding, types, as);
  if (
    encoding === 'utf-8' &&
    !file.endsWith('.zst') &&
    first.rejects.some(({ reason }) => reason.startsWith('Invalid unicode'))
  ) {
    throw new WrongEncoding();
  }
  const wide = into.append ? {} : await roundedColumns(connection, file, into.target, encoding, as);
  const loaded =
    Object.keys(wide).length === 0 ? first : await read(connection, file, into, encoding, wide, as);
  return above === 0 ? loaded : { ...loaded, note: noteAbove(above) };
}

async function read(
  connection: DuckDBConnection,
  file: string,
  into: Into,
  encoding: Encoding,
  types: Readonly<Record<string, string>>,
  as: readonly string[],
): Promise<Loaded> {
  for (const table of ['worldline_rejects', 'worldline_scans'])
    await connection.run(`DROP TABLE IF EXISTS temp.${table}`);
  const names = Object.entries(types).map(([name, type]) => `${quoteText(name)}: ${quoteText(type)}`);
  const source = csv(file, encoding, [
    ...as,
    `store_rejects = true, rejects_table = 'worldline_rejects', rejects_scan = 'worldline_scans'`,
    ...(names.length === 0 ? [] : [`types = {${names.join(', ')}}`]),
  ]);
  const rows = await run(connection, `${into.sql} FROM ${source}`);
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

function csv(file: string, encoding: Encoding, options: readonly string[] = []): string {
  return `read_csv(${[quoteText(file), `encoding = '${encoding}'`, ...options].join(', ')})`;
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

/** The columns of a table that hold more than DuckDB would take a column of a file for. */
async function wideColumns(connection: DuckDBConnection, target: string): Promise<Record<string, string>> {
  const described = await connection.runAndReadAll(`DESCRIBE ${target}`);
  return Object.fromEntries(
    described.getRows().flatMap(([name, type]) => {
      return /^(HUGEINT|DECIMAL)/.test(String(type)) ? [[String(name), String(type)]] : [];
    }),
  );
}

/** Columns that were taken for DOUBLE and are whole numbers, too large for it, with the type that keeps them. */
async function roundedColumns(
  connection: DuckDBConnection,
  file: string,
  target: string,
  encoding: Encoding,
  as: readonly string[],
): Promise<Record<string, string>> {
  const described = await connection.runAndReadAll(`DESCRIBE ${target}`);
  const doubles = described.getRows().flatMap(([name, type]) => (type === 'DOUBLE' ? [String(name)] : []));
  if (doubles.length === 0) return {};
  const large = doubles.map((name) => `max(abs(${quoteAlways(name)})) >= ${EXACT_DOUBLE}`);
  const found =
    (await connection.runAndReadAll(`SELECT ${large.join(', ')} FROM ${target}`)).getRows()[0] ?? [];
  const suspects = doubles.filter((_, index) => found[index] === true);
  if (suspects.length === 0) return {};
  const texts = suspects.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ');
  const tests = suspects.map((name) => {
    const text = `trim(${quoteAlways(name)})`;
    return (
      `CASE WHEN NOT bool_and(regexp_full_match(${text}, '[+-]?[0-9]+')) THEN NULL ` +
      `WHEN bool_and(TRY_CAST(${text} AS HUGEINT) IS NOT NULL) THEN 'HUGEINT' ELSE 'VARCHAR' END`
    );
  });
  const source = csv(file, encoding, [...as, `types = {${texts}}`, 'ignore_errors = true']);
  const types =
    (await connection.runAndReadAll(`SELECT ${tests.join(', ')} FROM ${source}`)).getRows()[0] ?? [];
  return Object.fromEntries(
    suspects.flatMap((name, index) => (types[index] === null ? [] : [[name, String(types[index])]])),
  );
}
