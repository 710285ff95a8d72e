import { quoteName } from '../../database/sql/quote.js';
import type { Catalog } from '../../database/types.js';

export interface Match {
  readonly text: string;
  readonly type: string;
}

/** Where the word before the cursor begins, and what may stand there. Offsets are UTF-16 units of `sql`. */
export interface SqlMatches {
  readonly start: number;
  readonly matches: readonly Match[];
  /** The cursor is in a string: file names are wanted, from this prefix on. */
  readonly file: string | null;
}

const KEYWORDS =
  'SELECT FROM WHERE GROUP BY ORDER BY HAVING LIMIT OFFSET JOIN LEFT JOIN INNER JOIN ON USING AS WITH UNION ALL DISTINCT CASE WHEN THEN ELSE END AND OR NOT IN IS NULL BETWEEN LIKE ILIKE EXISTS INSERT INTO VALUES UPDATE SET DELETE CREATE TABLE VIEW DROP ALTER DESCRIBE SUMMARIZE EXPLAIN PIVOT UNPIVOT QUALIFY OVER PARTITION BY ASC DESC'
    .split(' ')
    .filter((word, i, all) => all.indexOf(word) === i);

const AFTER_TABLE_WORD = /\b(?:from|join|into|update|table|describe|summarize)\s+$/i;
const TABLE_REFERENCE =
  /\b(?:from|join|into|update)\s+((?:"[^"]+"|[\w.]+)+)(?:\s+(?:as\s+)?(?!(?:where|group|order|left|right|inner|join|on|using|limit|having|qualify|set|values|select|cross|full|natural)\b)([A-Za-z_]\w*))?/gi;

/** Tables after FROM, columns after an alias and its dot, and everything that fits elsewhere. */
export function completeSql(sql: string, cursor: number, catalog: Catalog): SqlMatches {
  const before = sql.slice(0, cursor);
  const string = openString(before);
  if (string !== null) return { start: cursor - string.length, matches: [], file: string };
  const word = /(?:"[^"]*|[\p{L}\p{N}_])*$/u.exec(before)?.[0] ?? '';
  const start = cursor - word.length;
  const lead = before.slice(0, start);
  const owner = /((?:"[^"]+"|[\p{L}\p{N}_]+))\.$/u.exec(lead)?.[1];
  const candidates = owner === undefined ? anywhere(sql, lead, catalog) : columnsOf(owner, sql, catalog);
  return { start, matches: candidates.filter(({ text }) => startsWith(text, word)), file: null };
}

function anywhere(sql: string, lead: string, catalog: Catalog): Match[] {
  const tables = catalog.tables.map(({ name, kind }) => ({ text: name, type: kind }));
  if (AFTER_TABLE_WORD.test(lead)) {
    const schemas = [...catalog.schemas, ...catalog.attached];
    return [...tables, ...schemas.map((schema) => ({ text: quoteName(schema), type: 'schema' }))];
  }
  const named = [...references(sql).values()];
  const columns = catalog.tables
    .filter(({ name }) => named.length === 0 || named.includes(bare(name)))
    .flatMap(({ columns: inTable }) =>
      inTable.map(({ name }) => ({ text: quoteName(name), type: 'column' })),
    );
  const functions = catalog.functions.map((name) => ({ text: `${name}(`, type: 'function' }));
  const keywords = KEYWORDS.map((text) => ({ text, type: 'keyword' }));
  return unique([...columns, ...tables, ...keywords, ...functions]);
}

function columnsOf(owner: string, sql: string, catalog: Catalog): Match[] {
  const name = bare(owner);
  const table = references(sql).get(name) ?? name;
  const columns = catalog.tables.find((candidate) => bare(candidate.name) === table)?.columns ?? [];
  const inSchema = catalog.tables
    .filter((candidate) => candidate.name.startsWith(`${owner}.`))
    .map((candidate) => ({ text: candidate.name.slice(owner.length + 1), type: candidate.kind }));
  return [...columns.map((column) => ({ text: quoteName(column.name), type: 'column' })), ...inSchema];
}

/** Alias (or the table's own name) → table, all in lower case and without quotes. */
function references(sql: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, table = '', alias] of sql.matchAll(TABLE_REFERENCE)) {
    found.set(bare(table), bare(table));
    if (alias !== undefined) found.set(bare(alias), bare(table));
  }
  return found;
}

/** What stands in the string that is still open at the end, or null. */
function openString(text: string): string | null {
  const quotes = text.split("'");
  return quotes.length % 2 === 0 ? (quotes.at(-1) ?? '') : null;
}

function bare(name: string): string {
  return name.replaceAll('"', '').toLowerCase();
}

function startsWith(candidate: string, word: string): boolean {
  return bare(candidate).startsWith(bare(word));
}

function unique(matches: readonly Match[]): Match[] {
  const seen = new Set<string>();
  return matches.filter(({ text }) => !seen.has(text) && seen.add(text));
}
