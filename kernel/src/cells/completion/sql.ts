import { quoteName } from '../../database/sql/quote.js';
import { scan, type Token } from '../../database/sql/scan.js';
import type { Catalog } from '../../database/types.js';
import { bare, relationsAt, type Relations } from './relations.js';

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
/** Tables after FROM, columns after an alias and its dot, and everything that fits elsewhere. */
export function completeSql(sql: string, cursor: number, catalog: Catalog): SqlMatches {
  const before = sql.slice(0, cursor);
  const open = openAt(before);
  if (open === 'comment') return { start: cursor, matches: [], file: null };
  if (open?.kind === 'string') {
    const file = before.slice(open.start + 1);
    return { start: cursor - file.length, matches: [], file };
  }
  const quoted = open === null ? null : before.slice(open.start);
  const word = quoted ?? /[\p{L}\p{N}_]*$/u.exec(before)?.[0] ?? '';
  const start = cursor - word.length;
  const lead = before.slice(0, start);
  const relations = relationsAt(sql, cursor, catalog);
  const owner = /((?:"[^"]+"|[\p{L}\p{N}_]+))\.$/u.exec(lead)?.[1];
  const candidates =
    owner === undefined ? anywhere(lead, word, catalog, relations) : inside(owner, catalog, relations);
  return { start, matches: candidates.filter(({ text }) => startsWith(text, word)), file: null };
}

function anywhere(lead: string, word: string, catalog: Catalog, { columns, ctes }: Relations): Match[] {
  const tables = [
    ...ctes.map((name) => ({ text: quoteName(name), type: 'view' })),
    ...catalog.tables.map(({ name, kind }) => ({ text: name, type: kind })),
  ];
  if (AFTER_TABLE_WORD.test(lead)) {
    const schemas = [...catalog.schemas, ...catalog.attached];
    // There are a hundred: only once some of a name is there.
    const functions = word === '' ? [] : catalog.tableFunctions;
    return [
      ...tables,
      ...schemas.map((schema) => ({ text: quoteName(schema), type: 'schema' })),
      ...functions.map(asFunction),
    ];
  }
  const named =
    columns.size > 0
      ? [...columns.values()].flat()
      : catalog.tables.flatMap((table) => table.columns.map(({ name }) => name));
  const functions = catalog.functions.map(asFunction);
  const keywords = KEYWORDS.map((text) => ({ text, type: 'keyword' }));
  return unique([...named.map(asColumn), ...tables, ...keywords, ...functions]);
}

/** After a name and its dot: the columns of what has that name, or the tables of that schema. */
function inside(owner: string, catalog: Catalog, { columns }: Relations): Match[] {
  const name = bare(owner);
  const table = catalog.tables.find((candidate) => bare(candidate.name) === name);
  const found = columns.get(name) ?? table?.columns.map((column) => column.name) ?? [];
  const inSchema = catalog.tables
    .filter((candidate) => bare(candidate.name).startsWith(`${name}.`))
    .map((candidate) => ({ text: candidate.name.slice(owner.length + 1), type: candidate.kind }));
  return unique([...found.map(asColumn), ...inSchema]);
}

function asFunction(name: string): Match {
  return { text: `${name}(`, type: 'function' };
}

function asColumn(name: string): Match {
  return { text: quoteName(name), type: 'column' };
}

/** What there is of a `$name` before the cursor; null where it stands in none. */
export function parameterBefore(before: string): string | null {
  const typed = /\$((?:[\p{L}_][\p{L}\p{N}_]*)?)$/u.exec(before)?.[1];
  return typed !== undefined && openAt(before) === null ? typed : null;
}

/** What is still open at the end of a text: a string, a quoted name, or a comment. */
function openAt(text: string): Token | 'comment' | null {
  const last = scan(`${text} x`).at(-1);
  if (last === undefined || last.end < text.length + 2) return 'comment';
  return last.kind === 'word' ? null : last;
}

function startsWith(candidate: string, word: string): boolean {
  return bare(candidate).startsWith(bare(word));
}

function unique(matches: readonly Match[]): Match[] {
  const seen = new Set<string>();
  return matches.filter(({ text }) => !seen.has(text) && seen.add(text));
}
