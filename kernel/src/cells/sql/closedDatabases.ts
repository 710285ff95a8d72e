import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { TablePage } from '../../contract.js';
import { openDatabase } from '../../database/openDatabase.js';
import { namesIn, quoteAlways, quoteName } from '../../database/sql/quote.js';
import type { Database } from '../../database/types.js';
import type { Host } from '../../worldlines/types.js';

type Ports = Required<Pick<Host, 'changedTables' | 'rowDifferences' | 'exportTables'>>;

/** Looks into database files that no worldline has open: a scratch database attaches them for reading. */
export function closedDatabases(home: string): Ports {
  return {
    changedTables: (a, b, tables) =>
      withFiles(home, { a, b }, async ({ database }) => {
        const changed: string[] = [];
        for (const table of tables) {
          const [one, other] = [qualified('a', table), qualified('b', table)];
          const [result] = await database.query(
            `SELECT exists(FROM ${one} EXCEPT ALL FROM ${other}) OR exists(FROM ${other} EXCEPT ALL FROM ${one})`,
            { author: 'user' },
          );
          if (result?.kind === 'rows' && result.page.rows[0]?.[0] === 'true') changed.push(table);
        }
        return changed;
      }),
    rowDifferences: (a, b, table, count) =>
      withFiles(home, { a, b }, async ({ database }) => {
        const known = await database.tables();
        const columnsIn = (alias: string): string[] =>
          known
            .find(({ name }) => name === qualified(alias, table))
            ?.columns.map(({ name }) => quoteName(name)) ?? [];
        const shared = columnsIn('a').filter((column) => columnsIn('b').includes(column));
        if (shared.length === 0) throw new Error(`The two tables ${table} have no column in common.`);
        const only = async (here: string, there: string): Promise<TablePage> => {
          const rows = (alias: string): string =>
            `SELECT ${shared.join(', ')} FROM ${qualified(alias, table)}`;
          // In one order on both sides, so that a row and what became of it stand at the same place.
          const sql = `FROM (${rows(here)} EXCEPT ALL ${rows(there)}) ORDER BY ALL`;
          const [result] = await database.query(sql, { author: 'user', limit: count });
          if (result?.kind !== 'rows') throw new Error(`The rows of ${table} could not be compared.`);
          return { result: '', ...result.page };
        };
        return { onlyA: await only('a', 'b'), onlyB: await only('b', 'a') };
      }),
    exportTables: (databaseFile, folder) =>
      withFiles(
        home,
        { a: databaseFile },
        async ({ database }) => {
          await mkdir(folder, { recursive: true });
          const written: string[] = [];
          for (const { name, kind } of await database.tables()) {
            if (kind !== 'table' || !name.startsWith('a.')) continue;
            const file = fileOf(namesIn(name).slice(1));
            await mkdir(dirname(join(folder, file)), { recursive: true });
            await database.toParquet(`FROM ${name}`, join(folder, file), { author: 'user' });
            written.push(file);
          }
          return written;
        },
        folder,
      ),
  };
}

/** Where a table is exported to: those of a schema other than the main one in a folder of its name. */
function fileOf(names: readonly string[]): string {
  const [table = '', schema] = [...names].reverse().map((name) => encodeURIComponent(name));
  // A schema may be called `..`.
  return join(schema?.replaceAll('.', '%2E') ?? '', `${table}.parquet`);
}

/** Makes a table of each Parquet file of a folder; of those in a folder within it, in the schema of that name. */
export async function importTables(database: Database, folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  await loadTables(database, folder);
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    const schema = quoteAlways(decodeURIComponent(name));
    await database.query(`CREATE SCHEMA IF NOT EXISTS ${schema}; USE ${schema}`, { author: 'user' });
    await loadTables(database, join(folder, name));
    await database.query('USE main', { author: 'user' });
  }
}

async function loadTables(database: Database, folder: string): Promise<void> {
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.parquet'))) {
    await database.load(join(folder, file), { table: decodeURIComponent(basename(file, extname(file))) });
  }
}

/** A table of an attached database, as the catalogue names it: its main schema goes without saying. */
function qualified(alias: string, table: string): string {
  return `${alias}.${table}`;
}

async function withFiles<T>(
  home: string,
  files: Readonly<Record<string, string>>,
  act: (open: { database: Database }) => Promise<T>,
  workspace?: string,
): Promise<T> {
  const scratch = join(home, 'scratch', randomUUID());
  const folder = workspace ?? join(scratch, 'workspace');
  await mkdir(join(scratch, 'workspace'), { recursive: true, mode: 0o700 });
  await mkdir(folder, { recursive: true });
  const database = openDatabase({
    file: join(scratch, 'scratch.duckdb'),
    workspace: folder,
    readable: { folders: [], files: [] },
    attachments: Object.entries(files).map(([alias, source]) => ({ alias, source, type: 'duckdb' as const })),
  });
  try {
    return await act({ database });
  } finally {
    await database.close();
    await rm(scratch, { recursive: true, force: true });
  }
}
