import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteText } from '../sql/quote.js';

const LOOSE = 'strict_mode = false';

export type Encoding = 'utf-8' | 'utf-16';
/** The types of columns by their names. */
export type Types = ReadonlyMap<string, string>;

/** How a CSV file is written, as its beginning tells. */
export interface Dialect {
  readonly file: string;
  readonly encoding: Encoding;
  readonly delimiter: string;
  /** What DuckDB's reader has to be told to read it so, without looking for itself. */
  readonly options: readonly string[];
  /** The type of each column, in their order. */
  readonly types: Types;
  /** How dates are written, as DuckDB takes it; null where there are none. */
  readonly dates: { readonly DATE: string | null; readonly TIMESTAMP: string | null };
  /** Lines above the header, such as a title. */
  readonly above: number;
  readonly hasHeader: boolean;
}

/** A file, and what is known of it beforehand. */
export interface CsvFile {
  readonly file: string;
  readonly encoding: Encoding;
  /** Whether its first line has the names of the columns, whatever it looks like. */
  readonly header: boolean;
}

/**
 * Looks at the beginning of a file. A reader that is to pass over bad lines takes a title for the header and the table
 * for bad; the one that is not finds the table, and a table has more columns than its title. But one line that is too
 * short or too long makes it see no columns at all.
 */
export async function sniffCsv(connection: DuckDBConnection, file: CsvFile): Promise<Dialect> {
  const strict = await sniff(connection, file, []).catch(() => null);
  if (strict !== null && strict.above === 0 && strict.types.size > 1) return strict;
  const lenient = await sniff(connection, file, ['ignore_errors = true']).catch(() =>
    // Lines that end in different ways are for the reader that does not go by the book.
    sniff(connection, file, [LOOSE], [LOOSE]),
  );
  if (strict !== null && strict.types.size > lenient.types.size) return strict;
  return { ...lenient, above: 0 };
}

/** What is read from, in a FROM. The types of `changed` take the place of those that were seen. */
export function csvSource(dialect: Dialect, options: readonly string[], changed: Types): string {
  const columns = [...dialect.types].map(
    ([name, type]) => `${quoteText(name)}: ${quoteText(changed.get(name) ?? type)}`,
  );
  const all = [...dialect.options, `columns = {${columns.join(', ')}}`, ...options];
  return `read_csv(${[quoteText(dialect.file), 'auto_detect = false', ...all].join(', ')})`;
}

/** `asked`: options for this look; `kept`: those for the reader as well. */
async function sniff(
  connection: DuckDBConnection,
  { file, encoding, header: named }: CsvFile,
  asked: readonly string[],
  kept: readonly string[] = [],
): Promise<Dialect> {
  const told = [`encoding = '${encoding}'`, ...(named ? ['header = true'] : []), ...asked];
  const reader = await connection.runAndReadAll(
    `SELECT Delimiter, Quote, Escape, Comment, SkipRows, HasHeader, DateFormat, TimestampFormat, "Columns"
     FROM sniff_csv(${[quoteText(file), ...told].join(', ')})`,
  );
  const [delimiter, quote, escape, comment, skip, header, date, timestamp, columns] =
    reader.getRowsJson()[0] ?? [];
  const text = (name: string, value: unknown): string[] => {
    const given = textOrNull(value);
    return given === null ? [] : [`${name} = ${quoteText(given)}`];
  };
  return {
    file,
    encoding,
    delimiter: textOrNull(delimiter) ?? '',
    options: [
      `encoding = '${encoding}'`,
      ...kept,
      ...text('delim', delimiter),
      // Where its beginning has none, quotes may still come: the reader's own are the usual ones.
      ...text('quote', quote),
      ...text('escape', escape),
      ...text('comment', comment),
      `skip = ${Number(skip)}`,
      `header = ${header === true}`,
      ...text('dateformat', date),
      ...text('timestampformat', timestamp),
    ],
    dates: { DATE: textOrNull(date), TIMESTAMP: textOrNull(timestamp) },
    types: new Map(
      (columns as unknown as { name: string; type: string }[]).map(({ name, type }) => [name, type]),
    ),
    above: Number(skip),
    hasHeader: header === true,
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value !== 'string' || value === '(empty)' ? null : value;
}
