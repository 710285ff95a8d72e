import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteAlways, quoteText } from '../../sql/quote.js';
import type { OpenState } from '../protocol.js';

/** What belongs to a connection rather than to the file, set aside while the file is opened again. */
export interface KeptTemporary {
  restore(connection: DuckDBConnection): Promise<void>;
  drop(): Promise<void>;
}

/** Sets temporary tables, views, variables and the current schema aside; null where there are none. */
export async function keepTemporary(
  connection: DuckDBConnection,
  state: OpenState,
): Promise<KeptTemporary | null> {
  const frames = new Set(state.frames.map((frame) => frame.name));
  const tables = await texts(connection, 'SELECT table_name, sql FROM duckdb_tables() WHERE temporary');
  const views = (
    await texts(connection, 'SELECT view_name, sql FROM duckdb_views() WHERE temporary AND NOT internal')
  ).filter(([name]) => !frames.has(name ?? ''));
  const variables = await texts(connection, 'SELECT name FROM duckdb_variables()');
  const [schema] = await texts(connection, 'SELECT current_database(), current_schema()');
  const use = `USE ${quoteAlways(schema?.[0] ?? '')}.${quoteAlways(schema?.[1] ?? 'main')}`;
  const moved = schema?.[1] !== 'main';
  if (tables.length + views.length + variables.length === 0 && !moved) return null;

  const folder = join(state.workspace, '.worldline');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `kept-${process.pid}.duckdb`);
  const attach = `ATTACH ${quoteText(file)} AS worldline_kept`;
  await rm(file, { force: true });
  await connection.run(attach);
  for (const [name = ''] of tables) {
    await connection.run(
      `CREATE TABLE worldline_kept.${quoteAlways(name)} AS FROM temp.${quoteAlways(name)}`,
    );
  }
  const values = variables.map(([name = '']) => `getvariable(${quoteText(name)}) AS ${quoteAlways(name)}`);
  if (values.length > 0) {
    await connection.run('CREATE SCHEMA worldline_kept.variables');
    await connection.run(`CREATE TABLE worldline_kept.variables.kept AS SELECT ${values.join(', ')}`);
  }
  await connection.run('DETACH worldline_kept');

  return {
    restore: async (opened) => {
      await opened.run(attach);
      for (const [name = '', sql = ''] of tables) {
        await opened.run(sql);
        await opened.run(`INSERT INTO temp.${quoteAlways(name)} FROM worldline_kept.${quoteAlways(name)}`);
      }
      for (const [, sql = ''] of views) await opened.run(sql);
      for (const [name = ''] of variables) {
        const from = `(SELECT ${quoteAlways(name)} FROM worldline_kept.variables.kept)`;
        await opened.run(`SET VARIABLE ${quoteAlways(name)} = ${from}`);
      }
      await opened.run('DETACH worldline_kept');
      // The database that it is in may be gone.
      if (moved) await opened.run(use).catch(() => undefined);
    },
    drop: () => rm(file, { force: true }),
  };
}

async function texts(connection: DuckDBConnection, sql: string): Promise<string[][]> {
  return (await connection.runAndReadAll(sql)).getRows().map((row) => row.map(String));
}
