import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteAlways, quoteName } from '../../sql/quote.js';
import type { Catalog, TableSummary } from '../../types.js';

const COUNTED_TABLES = 100;
/** What servers keep about themselves, and every one of them has. */
function ofServers(type: string, schema: string): string {
  return `coalesce(${type}, '') = 'mysql' AND ${schema} IN ('information_schema', 'mysql', 'performance_schema', 'sys')
    OR coalesce(${type}, '') = 'postgres' AND ${schema} IN ('information_schema', 'pg_catalog')`;
}
const OWN = 'c.database_name = current_database()';
const tablesWhere = (condition: string): string => `
  SELECT c.database_name AS database, c.schema_name AS schema, c.table_name AS table,
         CASE WHEN t.table_name IS NULL THEN 'view' ELSE 'table' END AS kind,
         coalesce(t.estimated_size, -1)::BIGINT AS size,
         ${OWN} OR c.database_name = 'temp' AS own,
         coalesce(d.type, 'duckdb') = 'duckdb' AS known,
         list(c.column_name ORDER BY c.column_index) AS names,
         list(c.data_type ORDER BY c.column_index) AS types
  FROM duckdb_columns() c
  LEFT JOIN duckdb_tables() t USING (database_oid, schema_oid, table_oid)
  LEFT JOIN duckdb_databases() d ON d.database_name = c.database_name
  WHERE NOT c.internal AND ${condition}
  GROUP BY ALL
  ORDER BY own DESC, c.database_name, c.schema_name, c.table_name`;

interface Row {
  readonly database: string;
  readonly schema: string;
  readonly table: string;
  readonly kind: 'table' | 'view';
  readonly size: string;
  readonly own: boolean;
  /** Whether DuckDB itself keeps it, and knows its size. */
  readonly known: boolean;
  readonly names: string[];
  readonly types: string[];
}

/** Every table and view that the user or the model can query, their own first. */
export function listTables(connection: DuckDBConnection): Promise<TableSummary[]> {
  return list(connection, `NOT (${ofServers('d.type', 'c.schema_name')})`);
}

/** Those in the file of the database itself. */
export function listKeptTables(connection: DuckDBConnection): Promise<TableSummary[]> {
  return list(connection, OWN);
}

async function list(connection: DuckDBConnection, condition: string): Promise<TableSummary[]> {
  const found = (
    await connection.runAndReadAll(tablesWhere(condition))
  ).getRowObjectsJson() as unknown as Row[];
  const counts = await countRows(connection, found);
  return found.map((row, index) => ({
    name: nameOf(row),
    kind: row.kind,
    rows: row.kind === 'view' || !row.known ? null : (counts.get(index) ?? estimate(row)),
    columns: row.names.map((column, at) => ({ name: column, type: row.types[at] ?? '' })),
  }));
}

/** Qualified as far as it is needed, and quoted where it has to be. */
export function nameOf({
  database,
  schema,
  table,
  own,
}: Pick<Row, 'database' | 'schema' | 'table' | 'own'>): string {
  return [...(own ? [] : [database]), ...(schema === 'main' ? [] : [schema]), table].map(quoteName).join('.');
}

/** The exact number of rows of the first tables in DuckDB files: the catalog's own is an estimate. */
async function countRows(connection: DuckDBConnection, found: readonly Row[]): Promise<Map<number, number>> {
  const own = found.flatMap((row, index) => (row.kind === 'table' && row.known ? [{ row, index }] : []));
  const counted = own.slice(0, COUNTED_TABLES);
  if (counted.length === 0) return new Map();
  const columns = counted.map(({ row }) => {
    const name = [row.database, row.schema, row.table].map(quoteAlways).join('.');
    return `(SELECT count(*) FROM ${name})`;
  });
  const reader = await connection.runAndReadAll(`SELECT ${columns.join(', ')}`);
  const counts = reader.getRows()[0] ?? [];
  return new Map(counted.map(({ index }, at) => [index, Number(counts[at])]));
}

function estimate({ size }: Row): number | null {
  return Number(size) < 0 ? null : Number(size);
}

/** DuckDB's own tests, and what the gate refuses. What takes pointers is for programs as well. */
const OF_NO_USE = '^(test_|enable_|disable_|truncate_|check_peg|query$|json_execute)';

/** What completion needs. */
export async function readCatalog(connection: DuckDBConnection): Promise<Catalog> {
  const tables = await listTables(connection);
  const schemas = await connection.runAndReadAll(
    `SELECT DISTINCT s.schema_name FROM duckdb_schemas() s JOIN duckdb_databases() d USING (database_oid)
     WHERE (NOT s.internal OR s.schema_name = 'main') AND NOT (${ofServers('d.type', 's.schema_name')}) ORDER BY 1`,
  );
  const attached = await connection.runAndReadAll(
    'SELECT database_name FROM duckdb_databases() WHERE NOT internal AND database_name <> current_database() ORDER BY 1',
  );
  const functions = await connection.runAndReadAll(
    `SELECT DISTINCT function_name, function_type LIKE 'table%' FROM duckdb_functions()
     WHERE function_type <> 'pragma' AND regexp_full_match(function_name, '[a-z][a-z0-9_]*')
       AND NOT (internal AND regexp_matches(function_name, '${OF_NO_USE}'))
       AND NOT coalesce(list_contains(parameter_types, 'POINTER'), false) ORDER BY 1`,
  );
  const named = (ofTables: boolean): string[] =>
    functions.getRows().flatMap(([name, isOfTables]) => (isOfTables === ofTables ? [String(name)] : []));
  return {
    schemas: schemas.getRows().map((row) => String(row[0])),
    attached: attached.getRows().map((row) => String(row[0])),
    tables: tables.map(({ name, kind, columns }) => ({ name, kind, columns })),
    functions: named(false),
    tableFunctions: named(true),
  };
}
