import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableKey } from '../../types.js';
import { nameOf } from './tables.js';

const KEYS = `
  SELECT database_name AS database, schema_name AS schema, table_name AS table,
         database_name = current_database() OR database_name = 'temp' AS own,
         constraint_column_names AS columns, referenced_table AS target, referenced_column_names AS targets
  FROM duckdb_constraints()
  WHERE constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY')
  ORDER BY ALL`;

interface Row {
  readonly database: string;
  readonly schema: string;
  readonly table: string;
  readonly own: boolean;
  readonly columns: string[];
  /** In the same schema; null of a primary key. */
  readonly target: string | null;
  readonly targets: string[];
}

/** The primary and foreign keys that were declared, of the tables in DuckDB files. */
export async function listKeys(connection: DuckDBConnection): Promise<TableKey[]> {
  const rows = (await connection.runAndReadAll(KEYS)).getRowObjectsJson() as unknown as Row[];
  return rows.map(({ target, targets, columns, ...of }) => ({
    table: nameOf(of),
    columns,
    references: target === null ? null : { table: nameOf({ ...of, table: target }), columns: targets },
  }));
}
