import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteAlways } from '../sql/quote.js';
import { noteAbove } from '../noteAbove.js';
import type { CsvOptions, LoadResult } from '../types.js';
import { codeColumns } from './codeColumns.js';
import { run, SHOWN_REJECTS, type InTransaction, type Into } from './loadInto.js';
import { readTexts, type Readings } from './readTexts.js';
import { roundedColumns } from './roundedColumns.js';
import { csvSource, sniffCsv, type Dialect, type Encoding, type Types } from './sniffCsv.js';
import { inUtf8, markedEncoding, noteWindows, WINDOWS } from './transcode.js';

const NO_HEADER =
  'No line with the names of the columns was seen, and all were taken for rows: --header takes the first one for it.';

const noteComments = (sign: string): string =>
  `Lines that begin with ${sign} were taken for comments, and left out.`;
const noteCode = (column: string): string =>
  `${column} stays text: some of its numbers begin with a zero, as codes do.`;
const NO_UTF8 =
  'It is not UTF-8: unpacked (zstd -d), it is read as Windows-1252, and nothing is left out for its letters.';

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
  inTransaction: InTransaction,
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
  const mark = await markedEncoding(file);
  try {
    return await load(file, mark === null || mark === 'utf-8' ? 'utf-8' : 'utf-16');
  } catch (error) {
    if (!(error instanceof WrongEncoding)) throw error;
    const loaded = await inUtf8(file, WINDOWS, (copy) => load(copy, 'utf-8'));
    return { ...loaded, note: [noteWindows(file), loaded.note].filter(Boolean).join('\n') };
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
  const isOther = first.rejects.some(({ reason }) => reason.startsWith('Invalid unicode'));
  const isPacked = dialect.file.endsWith('.zst');
  if (isOther && dialect.encoding === 'utf-8' && !isPacked) throw new WrongEncoding();
  const codes = into.append ? [] : await codeColumns(connection, dialect, into.target, first.rows);
  const doubles = [...dialect.types].flatMap(([name, type]) =>
    type === 'DOUBLE' && !readings.values.has(name) && !into.append ? [name] : [],
  );
  const rounded = await roundedColumns(connection, into.target, doubles, (types) =>
    csvSource(dialect, ['ignore_errors = true'], types),
  );
  const wide = new Map([...rounded, ...codes.map((name) => [name, 'VARCHAR'] as const)]);
  const loaded = wide.size === 0 ? first : await read(connection, dialect, into, wide, readings);
  const notes = [
    noteAbove(dialect.above),
    dialect.comment === null ? '' : noteComments(dialect.comment),
    dialect.hasHeader ? '' : NO_HEADER,
    isOther && isPacked ? NO_UTF8 : '',
    ...codes.map(noteCode),
    ...readings.notes,
  ].filter(Boolean);
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
