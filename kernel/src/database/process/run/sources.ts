import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteName, quoteText } from '../../sql/quote.js';
import { split, type Piece } from '../../sql/split.js';
import type { Sources } from '../../types.js';

/** Table functions whose rows come from their arguments alone. */
const GENERATORS = new Set(['range', 'generate_series', 'unnest', 'repeat', 'repeat_row', 'values']);
const QUERY_WORDS = new Set(['select', 'from', 'with', 'values', 'pivot', 'unpivot']);

/** How DuckDB writes a constant such as 1e400, which is no JSON. */
const NO_JSON = /("value":)-?(?:Infinity|NaN)\b/g;

interface Found {
  /** Schema-qualified names are never data frames. */
  readonly tables: Map<string, { readonly plain: string | null }>;
  readonly ctes: Set<string>;
  reads: boolean;
}

/** Where a cell's rows come from, by DuckDB's own parse of each query in it. */
export async function findSources(
  connection: DuckDBConnection,
  sql: string,
  frames: ReadonlySet<string>,
): Promise<Sources> {
  const found: Found = { tables: new Map(), ctes: new Set(), reads: false };
  const pieces = split(sql);
  for (const piece of pieces) {
    const query = queryOf(piece);
    const tree = query === null ? null : await parse(connection, query);
    if (tree === null || !walk(tree, found)) namesIn(piece, found);
  }
  const tables = [...found.tables].filter(
    ([, { plain }]) => plain === null || !found.ctes.has(plain.toLowerCase()),
  );
  const plain = tables.flatMap(([, each]) => each.plain ?? []);
  const known = plain.length === 0 ? new Set<string>() : await knownNames(connection, frames);
  const made = new Set(pieces.flatMap(madeBy));
  const isMissing = (name: string): boolean =>
    /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && !known.has(name.toLowerCase()) && !made.has(name.toLowerCase());
  return {
    tables: tables.map(([name]) => name),
    unknown: plain.filter(isMissing),
    readsData: found.reads || tables.length > 0,
  };
}

async function parse(connection: DuckDBConnection, query: string): Promise<unknown> {
  const options = 'skip_null := true, skip_empty := true, skip_default := true';
  const reader = await connection.runAndReadAll(
    `SELECT json_serialize_sql(${quoteText(query)}, ${options})::VARCHAR`,
  );
  const text = String(reader.getRows()[0]?.[0]).replace(NO_JSON, '$1null');
  const tree = JSON.parse(text) as { error: boolean };
  return tree.error ? null : tree;
}

/** Collects tables, names of common table expressions and table functions. False where the tree has no query. */
function walk(node: unknown, found: Found): boolean {
  if (Array.isArray(node)) {
    for (const child of node) walk(child, found);
    return true;
  }
  if (typeof node !== 'object' || node === null) return false;
  const fields = node as Record<string, unknown>;
  if (fields['type'] === 'BASE_TABLE') addTable(fields, found);
  if (fields['type'] === 'SHOW_REF' && fields['query'] === undefined) found.reads = true;
  if (fields['type'] === 'TABLE_FUNCTION') {
    const name = (fields['function'] as { function_name?: string } | undefined)?.function_name ?? '';
    if (!GENERATORS.has(name)) found.reads = true;
  }
  const ctes = (fields['cte_map'] as { map?: { key: string }[] } | undefined)?.map ?? [];
  for (const { key } of ctes) found.ctes.add(key.toLowerCase());
  for (const child of Object.values(fields)) walk(child, found);
  return true;
}

function addTable(fields: Record<string, unknown>, found: Found): void {
  const parts = ['catalog_name', 'schema_name', 'table_name'].flatMap((key) => {
    const part = fields[key];
    return typeof part === 'string' && part !== '' ? [part] : [];
  });
  const plain = parts.length === 1 ? (parts[0] ?? null) : null;
  found.tables.set(parts.map(quoteName).join('.'), { plain });
}

/** The query within a statement: after CREATE … AS, INSERT INTO …, EXPLAIN …; null where there is none. */
function queryOf(piece: Piece): string | null {
  const { tokens } = piece;
  if (['update', 'delete', 'merge', 'pivot', 'drop', 'alter'].includes(tokens[0]?.text ?? '')) return null;
  if (['describe', 'summarize', 'show', 'desc', 'unpivot'].includes(tokens[0]?.text ?? '')) return piece.sql;
  if (tokens[0]?.text === '(') return piece.sql;
  const at = tokens.findIndex((token) => token.kind === 'word' && QUERY_WORDS.has(token.text));
  if (at < 0) return null;
  let depth = 0;
  for (let index = at; index < tokens.length; index += 1) {
    if (tokens[index]?.text === '(') depth += 1;
    if (tokens[index]?.text === ')') depth -= 1;
    if (depth < 0) return slice(piece, at, index - 1);
  }
  return slice(piece, at, tokens.length - 1);
}

function slice(piece: Piece, from: number, to: number): string {
  const { tokens, sql, start } = piece;
  return sql.slice((tokens[from]?.start ?? start) - start, (tokens[to]?.end ?? start) - start);
}

/** For the statements that DuckDB does not give as a tree: the names after FROM, JOIN, USING and PIVOT. */
function namesIn(piece: Piece, found: Found): void {
  const { tokens } = piece;
  tokens.forEach((token, index) => {
    if (token.kind !== 'word' || !['from', 'join', 'using', 'pivot', 'update', 'into'].includes(token.text))
      return;
    const parts: string[] = [];
    for (let at = index + 1; ; at += 2) {
      const part = tokens[at];
      if (part === undefined || part.kind === 'symbol' || part.kind === 'number') break;
      parts.push(
        part.kind === 'word' ? piece.sql.slice(part.start - piece.start, part.end - piece.start) : part.text,
      );
      if (tokens[at + 1]?.text !== '.') break;
    }
    if (parts.length === 0) return;
    found.tables.set(parts.map(quoteName).join('.'), {
      plain: parts.length === 1 ? (parts[0] ?? null) : null,
    });
  });
}

/** The tables and views there are, a data frame's own views left out. */
async function knownNames(connection: DuckDBConnection, frames: ReadonlySet<string>): Promise<Set<string>> {
  const reader = await connection.runAndReadAll(
    'SELECT table_name, temporary FROM duckdb_tables() UNION ALL SELECT view_name, temporary FROM duckdb_views()',
  );
  const own = reader.getRows().filter(([name, temporary]) => temporary !== true || !frames.has(String(name)));
  return new Set(own.map(([name]) => String(name).toLowerCase()));
}

/** The table or view that a statement makes: known to those after it. */
function madeBy({ tokens }: Piece): string[] {
  if (tokens[0]?.text !== 'create') return [];
  const kind = tokens.findIndex((token) => token.text === 'table' || token.text === 'view');
  let at = kind + 1;
  while (['if', 'not', 'exists'].includes(tokens[at]?.text ?? '')) at += 1;
  return kind < 0 || !tokens[at] ? [] : [(tokens[at]?.text ?? '').toLowerCase()];
}
