import { open } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteList, quoteText } from '../../sql/quote.js';
import type { CsvOptions } from '../../types.js';

export type Encoding = 'utf-8' | 'utf-16';
/** The types of columns by their names. */
export type Types = ReadonlyMap<string, string>;

/** Options of DuckDB's reader, with their values as SQL. */
type Options = Readonly<Record<string, string>>;

/** So many bytes are looked at for what DuckDB does not see. */
const FIRST = 4096;

/** How a CSV file is written, as its beginning tells. */
export interface Dialect {
  readonly file: string;
  readonly encoding: Encoding;
  readonly delimiter: string;
  /** What DuckDB's reader has to be told to read it so, without looking for itself. */
  readonly options: Options;
  /** The type of each column, in their order. */
  readonly types: Types;
  /** How dates are written, as DuckDB takes it; null where there are none. */
  readonly dates: { readonly DATE: string | null; readonly TIMESTAMP: string | null };
  /** Lines above the header, such as a title. */
  readonly above: number;
  readonly hasHeader: boolean;
  /** With what comments begin; null where there are none. */
  readonly comment: string | null;
}

/** Looks at the beginning of a file. */
export async function sniffCsv(
  connection: DuckDBConnection,
  file: string,
  encoding: Encoding,
  asked: CsvOptions,
): Promise<Dialect> {
  const { options: told, titles } = await firstLines(file, encoding);
  const given = { ...givenOptions(encoding, asked), ...told };
  const look = (options: Options): Promise<Dialect> =>
    sniff(connection, file, encoding, { ...given, ...options });
  const dialect = await sniffBelow(look);
  return { ...dialect, above: dialect.above + titles };
}

/**
 * A reader that is to pass over bad lines takes a title for the header and the table
 * for bad; the one that is not finds the table, and a table has more columns than its title. But one line that is too
 * short or too long makes it see no columns at all.
 */
async function sniffBelow(look: (options: Options) => Promise<Dialect>): Promise<Dialect> {
  const strict = await look({}).catch(() => null);
  if (strict !== null && strict.above === 0 && strict.types.size > 1) return strict;
  // Lines that end in different ways are for the reader that does not go by the book.
  const lenient = await look({ ignore_errors: 'true' }).catch(() => look({ strict_mode: 'false' }));
  // Where no names follow, what stands above is rows of other lengths rather than a title.
  const isRagged =
    strict?.above !== 0 && strict?.hasHeader === false && lenient.hasHeader && lenient.types.size > 1;
  if (strict !== null && strict.types.size > lenient.types.size && !isRagged) return strict;
  return { ...lenient, above: 0 };
}

/** What is read from, in a FROM. The types of `changed` take the place of those that were seen. */
export function csvSource(dialect: Dialect, options: readonly string[], changed: Types): string {
  const columns = [...dialect.types].map(
    ([name, type]) => `${quoteText(name)}: ${quoteText(changed.get(name) ?? type)}`,
  );
  const all = { auto_detect: 'false', ...dialect.options, columns: `{${columns.join(', ')}}` };
  return `read_csv(${[quoteText(dialect.file), ...spell(all), ...options].join(', ')})`;
}

function spell(options: Options): string[] {
  return Object.entries(options).map(([name, value]) => `${name} = ${value}`);
}

function givenOptions(encoding: Encoding, { header, missing }: CsvOptions): Options {
  return {
    encoding: quoteText(encoding),
    ...(header === true ? { header: 'true' } : {}),
    ...(missing === undefined ? {} : { nullstr: quoteList(['', ...missing]) }),
  };
}

/** What the first lines of a file say that DuckDB does not see. */
async function firstLines(
  file: string,
  encoding: Encoding,
): Promise<{ readonly options: Options; readonly titles: number }> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(FIRST), 0, FIRST, 0);
    const text = buffer.toString(encoding === 'utf-16' ? 'utf16le' : 'utf8', 0, bytesRead);
    // For Excel, which is told the separator: `sep=;`.
    const separator = /^\ufeff?sep=(.)\r?\n/i.exec(text)?.[1];
    if (separator !== undefined) return { options: { delim: quoteText(separator), skip: '1' }, titles: 0 };
    const titles = paddedTitles(text.replace(/^\ufeff/, '').split(/\r?\n/));
    return { options: titles === 0 ? {} : { skip: String(titles) }, titles };
  } finally {
    await handle.close();
  }
}

/** How many lines fill one cell and leave the others empty, as a spreadsheet writes a title (`Sales 2024;;;`), where names follow. */
function paddedTitles(lines: readonly string[]): number {
  const delimiter = /^[^;,\t|]*([;,\t|])\1*$/.exec(lines[0] ?? '')?.[1];
  if (delimiter === undefined) return 0;
  const rows = lines.map((line) => line.split(delimiter).map((cell) => cell.trim()));
  const at = rows.findIndex((cells) => cells.filter(Boolean).length > 1);
  const names = rows[at]?.filter(Boolean) ?? [];
  const isPadded = rows.slice(0, at).every(({ length }) => length === rows[at]?.length);
  return at > 0 && isPadded && names.every((name) => /^"?[\p{L}_]/u.test(name)) ? at : 0;
}

async function sniff(
  connection: DuckDBConnection,
  file: string,
  encoding: Encoding,
  { ignore_errors, ...told }: Options,
): Promise<Dialect> {
  const options = [...spell(told), ...(ignore_errors === undefined ? [] : ['ignore_errors = true'])];
  const reader = await connection.runAndReadAll(
    `SELECT Delimiter, Quote, Escape, Comment, SkipRows, HasHeader, DateFormat, TimestampFormat, "Columns"
     FROM sniff_csv(${[quoteText(file), ...options].join(', ')})`,
  );
  const [delimiter, quote, escape, comment, skip, header, date, timestamp, columns] =
    reader.getRowsJson()[0] ?? [];
  const found = (name: string, value: unknown): Options => {
    const text = textOrNull(value);
    return text === null ? {} : { [name]: quoteText(text) };
  };
  return {
    file,
    encoding,
    delimiter: textOrNull(delimiter) ?? '',
    options: {
      ...told,
      ...found('delim', delimiter),
      // Where its beginning has none, quotes may still come: the reader's own are the usual ones.
      ...found('quote', quote),
      ...found('escape', escape),
      ...found('comment', comment),
      skip: String(Number(skip)),
      header: String(header === true),
      ...found('dateformat', date),
      ...found('timestampformat', timestamp),
    },
    dates: { DATE: textOrNull(date), TIMESTAMP: textOrNull(timestamp) },
    types: new Map(
      (columns as unknown as { name: string; type: string }[]).map(({ name, type }) => [name, type]),
    ),
    above: Number(skip) - Number(told['skip'] ?? 0),
    hasHeader: header === true,
    comment: textOrNull(comment),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value !== 'string' || value === '(empty)' ? null : value;
}
