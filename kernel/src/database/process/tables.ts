import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteName } from '../sql/quote.js';
import type { Catalog, TableSummary } from '../types.js';

const TABLES = `
  SELECT c.database_name, c.schema_name, c.table_name,
         CASE WHEN t.table_name IS NULL THEN 'view' ELSE 'table' END AS kind,
         coalesce(t.estimated_size, -1)::BIGINT AS size,
         c.database_name = current_database() OR c.database_name = 'temp' AS own,
         list(c.column_name ORDER BY c.column_index) AS names,
         list(c.data_type ORDER BY c.column_index) AS types
  FROM duckdb_columns() c
  LEFT JOIN duckdb_tables() t USING (database_oid, schema_oid, table_oid)
  WHERE NOT c.internal
  GROUP BY ALL
  ORDER BY own DESC, c.database_name, c.schema_name, c.table_name`;

/** Every table and view that the user or the model can query, their own first. */
export async function listTables(connection: DuckDBConnection): Promise<TableSummary[]> {
  const reader = await connection.runAndReadAll(TABLES);
  return reader.getRowsJson().map((row) => {
    const [database, schema, name, kind, size, own, names, types] = row as [
      string,
      string,
      string,
      'table' | 'view',
      string,
      boolean,
      string[],
      string[],
    ];
    const parts = [...(own ? [] : [database]), ...(schema === 'main' ? [] : [schema]), name];
    return {
      name: parts.map(quoteName).join('.'),
      kind,
      rows: kind === 'view' ? null : Number(size),
      columns: names.map((column, index) => ({ name: column, type: types[index] ?? '' })),
    };
  });
}

/** What completion needs. */
export async function readCatalog(connection: DuckDBConnection): Promise<Catalog> {
  const tables = await listTables(connection);
  const schemas = await connection.runAndReadAll(
    `SELECT DISTINCT schema_name FROM duckdb_schemas() WHERE NOT internal OR schema_name = 'main' ORDER BY 1`,
  );
  const functions = await connection.runAndReadAll(
    `SELECT DISTINCT function_name FROM duckdb_functions() WHERE regexp_full_match(function_name, '[a-z][a-z0-9_]*') ORDER BY 1`,
  );
  return {
    schemas: schemas.getRows().map((row) => String(row[0])),
    tables: tables.map(({ name, kind, columns }) => ({ name, kind, columns })),
    functions: functions.getRows().map((row) => String(row[0])),
  };
}
