import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { frameQuery } from '../frames/frameView.js';

/** Values for the `$name` of statements, by name; DuckDB does not tell names apart by letter case. */
export type Parameters = ReadonlyMap<string, { readonly value: DuckDBValue; readonly type: DuckDBType }>;

export const NO_PARAMETERS: Parameters = new Map();

/** Reads the one row of a file of Python's. */
export async function readParameters(connection: DuckDBConnection, file: string | null): Promise<Parameters> {
  if (file === null) return NO_PARAMETERS;
  const reader = await connection.runAndReadAll(await frameQuery(connection, file));
  const [row = []] = reader.getRows();
  return new Map(
    reader
      .columnNames()
      .map((name, index) => [
        name.toLowerCase(),
        { value: row[index] ?? null, type: reader.columnType(index) },
      ]),
  );
}

/** Gives a statement the values that it asks for; of those that there are not, DuckDB tells. */
export function bindParameters(prepared: DuckDBPreparedStatement, parameters: Parameters): void {
  if (parameters.size === 0) return;
  for (let index = 1; index <= prepared.parameterCount; index += 1) {
    const found = parameters.get(prepared.parameterName(index).toLowerCase());
    if (found) prepared.bindValue(index, found.value, found.type);
  }
}

/** Runs a statement with values for what it asks for. */
export async function runWith(
  connection: DuckDBConnection,
  sql: string,
  parameters: Parameters,
): Promise<void> {
  if (parameters.size === 0) {
    await connection.run(sql);
    return;
  }
  const prepared = await connection.prepare(sql);
  try {
    bindParameters(prepared, parameters);
    await prepared.run();
  } finally {
    prepared.destroySync();
  }
}
