import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { quoteText } from '../../../database/sql/quote.js';
import { split, type Piece } from '../../../database/sql/split.js';
import type { Database } from '../../../database/types.js';
import { rowsOf } from './rowsOf.js';
import { SCRATCH } from './withFiles.js';

/**
 * The SQL that makes an attached database again, without its rows: schemas, types, sequences where they are, tables with their keys,
 * defaults and comments, macros, views and indexes. DuckDB writes it, into a folder of the workspace `folder` that goes again.
 */
export async function schemaScript(database: Database, alias: string, folder: string): Promise<string> {
  const author = 'user';
  // An export of the database itself would write its rows as well.
  await database.query(`COPY FROM DATABASE ${alias} TO ${SCRATCH} (SCHEMA)`, { author });
  const name = `.schema-${randomUUID()}`;
  try {
    await database.query(`EXPORT DATABASE ${SCRATCH} TO ${quoteText(name)} (FORMAT csv)`, { author });
    const made = split(await readFile(join(folder, name, 'schema.sql'), 'utf8')).map(withoutGaps);
    const comments = (await rowsOf(database, commentsIn(alias))).flat();
    return [...made, ...comments].map((sql) => `${sql ?? ''};\n`).join('');
  } finally {
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Tables that have a foreign key to themselves, which DuckDB leaves out of the SQL of the table. */
export async function tablesWithOwnKeys(database: Database, alias: string): Promise<string[]> {
  const rows = await rowsOf(
    database,
    `SELECT DISTINCT table_name FROM duckdb_constraints()
     WHERE database_name = ${quoteText(alias)} AND constraint_type = 'FOREIGN KEY' AND constraint_text = '' ORDER BY 1`,
  );
  return rows.map(([name]) => name ?? '');
}

/** What is left out of a table leaves its comma behind, which DuckDB itself does not read everywhere. */
function withoutGaps({ sql, start, tokens }: Piece): string {
  let text = '';
  let at = start;
  tokens.forEach((token, index) => {
    const next = tokens[index + 1];
    if (token.text !== ',' || token.kind !== 'symbol') return;
    if (next?.kind !== 'symbol' || (next.text !== ',' && next.text !== ')')) return;
    text += sql.slice(at - start, token.start - start);
    at = token.end;
  });
  return text + sql.slice(at - start);
}

/** What selects the comments in a database as statements: its exports have none. */
function commentsIn(alias: string): string {
  const of = (kind: string, name: string, from: string, where = 'true'): string =>
    `SELECT 'COMMENT ON ${kind} ' || ${name} || ' IS ' || ${textOf('comment')} FROM ${from}
     WHERE database_name = ${quoteText(alias)} AND comment IS NOT NULL AND ${where}`;
  const inSchema = (name: string): string => `${nameOf('schema_name')} || '.' || ${nameOf(name)}`;
  const isMacro = (type: string): string => `function_type = '${type}'`;
  return [
    of('TABLE', inSchema('table_name'), 'duckdb_tables()'),
    of('VIEW', inSchema('view_name'), 'duckdb_views()'),
    of('COLUMN', `${inSchema('table_name')} || '.' || ${nameOf('column_name')}`, 'duckdb_columns()'),
    of('INDEX', inSchema('index_name'), 'duckdb_indexes()'),
    of('SEQUENCE', inSchema('sequence_name'), 'duckdb_sequences()'),
    of('TYPE', inSchema('type_name'), 'duckdb_types()'),
    of('MACRO', inSchema('function_name'), 'duckdb_functions()', isMacro('macro')),
    of('MACRO TABLE', inSchema('function_name'), 'duckdb_functions()', isMacro('table_macro')),
  ].join(' UNION ');
}

/** SQL that gives a name in quotes, and a text in quotes. */
function nameOf(column: string): string {
  return `'"' || replace(${column}, '"', '""') || '"'`;
}
function textOf(column: string): string {
  return `'''' || replace(${column}, '''', '''''') || ''''`;
}
