import { basename } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteAlways, quoteName } from '../../sql/quote.js';
import { noteAbove } from '../../noteAbove.js';
import type { CsvOptions, LoadResult } from '../../types.js';
import type { Cancel } from '../cancel.js';
import { loadError } from './loadFailure.js';
import { run, SHOWN_REJECTS, type Into } from './loadInto.js';
import { readTexts, type Readings } from './readTexts.js';
import { isUtf8, markedEncoding } from './beginning.js';
import { roundedColumns } from './roundedColumns.js';
import { csvSource, sniffCsv, type Dialect, type Encoding, type Types } from './sniffCsv.js';
import { inTransaction } from '../transaction.js';
import { encodingOf, inUtf8, noteWindows, WINDOWS, withNote } from './transcode.js';
import {
  checked,
  codeColumns,
  codesLost,
  columnsToCheck,
  columnsWithFractions,
  isNotWhole,
  isSniffedWhole,
} from './wholeNumbers.js';

/** Types of columns that hold more than DuckDB would take a column of a file for: they are the file's as well. */
const HOLDS_MORE = /^(?:HUGEINT|DECIMAL|VARCHAR)/;
const HOLDS_WHOLE = /^U?(?:TINY|SMALL|BIG)?INT(?:EGER)?$/;

const NO_HEADER =
  'No line with the names of the columns was seen, and all were taken for rows: --header takes the first one for it.';

const noteComments = (sign: string): string =>
  `Lines that begin with ${sign} were taken for comments, and left out.`;
const noteCode = (column: string): string =>
  `${column} stays text: some of its numbers begin with a zero, as codes do.`;
const noteLost = (column: string, target: string): string =>
  `${column}: numbers that begin with a zero, as codes do, lost it, for ${target} has whole numbers there. ` +
  `ALTER TABLE ${target} ALTER ${quoteName(column)} TYPE VARCHAR, before a load, keeps them.`;
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
  beginning: Buffer,
  cancel: Cancel,
): Promise<Loaded> {
  // Before the transaction, which an error would end.
  const load = async (path: string, encoding: Encoding): Promise<Loaded> => {
    const dialect = await sniffCsv(connection, path, encoding, asked);
    const held = into.append ? await typesOf(connection, into.target, dialect) : new Map<string, string>();
    const fixed = new Map([...held].filter(([, type]) => HOLDS_MORE.test(type)));
    const readings = await readTexts(connection, dialect, fixed, asked);
    const attempt = (whole: readonly string[], types: Types): Promise<Loaded> =>
      inTransaction(connection, cancel, () =>
        loadAs(connection, dialect, into, { types, held }, readings, whole),
      );
    const numbers = [...dialect.types].flatMap(([name, type]) => {
      const isWhole = type === 'BIGINT' || (type === 'DOUBLE' && HOLDS_WHOLE.test(held.get(name) ?? ''));
      return isWhole && !fixed.has(name) && !readings.values.has(name) ? [name] : [];
    });
    const isKnown = !into.append && (await isSniffedWhole(path));
    const whole = isKnown ? [] : await columnsToCheck(connection, dialect, numbers);
    try {
      return await attempt(whole, fixed);
    } catch (error) {
      if (!isNotWhole(error)) throw error;
      const fractions = await columnsWithFractions(connection, dialect, whole);
      const lost = fractions.find((name) => HOLDS_WHOLE.test(held.get(name) ?? ''));
      if (lost !== undefined) throw fractionsLost(lost, file, into.target);
      return await attempt([], new Map([...fixed, ...fractions.map((name) => [name, 'DOUBLE'] as const)]));
    }
  };
  if (asked.encoding !== undefined)
    return inUtf8(file, encodingOf(asked.encoding), cancel, (copy) => load(copy, 'utf-8'));
  const mark = markedEncoding(beginning);
  try {
    // How it is made is read off its beginning, which has to be read right.
    if (mark === null && !isUtf8(beginning, file)) throw new WrongEncoding();
    return await load(file, mark === null || mark === 'utf-8' ? 'utf-8' : 'utf-16');
  } catch (error) {
    if (!(error instanceof WrongEncoding)) throw error;
    const loaded = await inUtf8(file, WINDOWS, cancel, (copy) => load(copy, 'utf-8'));
    return withNote(loaded, noteWindows(file));
  }
}

class WrongEncoding extends Error {}

async function loadAs(
  connection: DuckDBConnection,
  dialect: Dialect,
  into: Into,
  { types: fixed, held }: { readonly types: Types; readonly held: Types },
  readings: Readings,
  whole: readonly string[],
): Promise<Loaded> {
  const first = await read(connection, dialect, into, fixed, readings, whole);
  const isOther = first.rejects.some(({ reason }) => reason.startsWith('Invalid unicode'));
  const isPacked = dialect.file.endsWith('.zst');
  if (isOther && dialect.encoding === 'utf-8' && !isPacked) throw new WrongEncoding();
  const codes = into.append ? [] : await codeColumns(connection, dialect, into.target, first.rows);
  const wholeInTable = [...held].flatMap(([name, type]) =>
    HOLDS_WHOLE.test(type) && !readings.values.has(name) ? [name] : [],
  );
  const lost = await codesLost(connection, dialect, wholeInTable, first.rows);
  const doubles = [...dialect.types].flatMap(([name, type]) =>
    type === 'DOUBLE' && !readings.values.has(name) && !into.append ? [name] : [],
  );
  const rounded = await roundedColumns(connection, into.target, doubles, (types) =>
    csvSource(dialect, ['ignore_errors = true'], types),
  );
  const wide = new Map([...fixed, ...rounded, ...codes.map((name) => [name, 'VARCHAR'] as const)]);
  const isFinal = rounded.size === 0 && codes.length === 0;
  const loaded = isFinal ? first : await read(connection, dialect, into, wide, readings, []);
  const notes = [
    noteAbove(dialect.above),
    dialect.comment === null ? '' : noteComments(dialect.comment),
    dialect.hasHeader ? '' : NO_HEADER,
    isOther && isPacked ? NO_UTF8 : '',
    ...codes.map(noteCode),
    ...lost.map((name) => noteLost(name, into.target)),
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
  whole: readonly string[],
): Promise<Loaded> {
  for (const table of ['worldline_rejects', 'worldline_scans'])
    await connection.run(`DROP TABLE IF EXISTS temp.${table}`);
  const texts = [...values.keys()].map((name) => [name, 'VARCHAR'] as const);
  const source = csvSource(
    dialect,
    [`store_rejects = true, rejects_table = 'worldline_rejects', rejects_scan = 'worldline_scans'`],
    new Map([...types, ...texts, ...whole.map((name) => [name, 'DOUBLE'] as const)]),
  );
  const replaced = [...values, ...whole.map((name) => [name, checked(name)] as const)].map(
    ([name, value]) => `${value} AS ${quoteAlways(name)}`,
  );
  const columns = replaced.length === 0 ? '' : `SELECT * REPLACE (${replaced.join(', ')}) `;
  const rows = await run(connection, `${into.sql} ${columns}FROM ${source}`);
  const counted = await connection.runAndReadAll(
    'SELECT count(DISTINCT (scan_id, file_id, line)) FROM temp.worldline_rejects',
  );
  // A line that is too short is an error for each column that it lacks.
  const shown = await connection.runAndReadAll(
    `SELECT line, column_name, error_message, csv_line FROM temp.worldline_rejects
     QUALIFY error_type <> 'MISSING COLUMNS' OR row_number() OVER (PARTITION BY scan_id, file_id, line, error_type ORDER BY column_idx) = 1
     ORDER BY line, column_idx LIMIT ${SHOWN_REJECTS}`,
  );
  return {
    rows,
    rejected: Number(counted.getRows()[0]?.[0] ?? 0),
    rejects: shown.getRows().map(([line, column, reason, text]) => ({
      line: line === null ? null : Number(line),
      column: column === null ? null : String(column),
      reason: plainReason(String(reason), whole.includes(String(column)) ? 'BIGINT' : null),
      text: String(text),
    })),
  };
}

/** The column is named beside it. `type`: the one that it is to have, where it was read as another. */
function plainReason(message: string, type: string | null): string {
  const line = (message.split('\n')[0] ?? '').replace(/^Error when converting column "(?:[^"]|"")*"\. /, '');
  return type === null ? line : line.replace(/'DOUBLE'$/, `'${type}'`);
}

/** The types of the table's columns that the file has as well, by the file's names. */
async function typesOf(
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
      const type = held.get(name.toLowerCase());
      return type === undefined ? [] : [[name, type] as const];
    }),
  );
}

function fractionsLost(column: string, file: string, target: string): Error {
  const name = quoteName(column);
  return loadError(
    `${basename(file)} has fractions in ${name}, and ${target} has room for whole numbers there: nothing was added. ` +
      `ALTER TABLE ${target} ALTER ${name} TYPE DOUBLE makes room for them.`,
  );
}
