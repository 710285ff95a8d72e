import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { TableInfo, TablePage } from '../../contract.js';
import { openDatabase } from '../../database/openDatabase.js';
import { namesIn, quoteAlways, quoteName } from '../../database/sql/quote.js';
import type { Database } from '../../database/types.js';
import type { Host } from '../../worldlines/types.js';
import { UserError } from '../errors.js';

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
        const [rowsA, rowsB] = rowsOf(table, await database.tables());
        const only = async (here: string, there: string): Promise<TablePage> => {
          // In one order on both sides, so that a row and what became of it stand at the same place.
          const sql = `FROM (${here} EXCEPT ALL ${there}) ORDER BY ALL`;
          const [result] = await database.query(sql, { author: 'user', limit: count });
          if (result?.kind !== 'rows') throw new Error(`The rows of ${table} could not be compared.`);
          return { result: '', ...result.page };
        };
        return { onlyA: await only(rowsA, rowsB), onlyB: await only(rowsB, rowsA) };
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

/** What selects a table's rows in `a` and in `b`, as far as they can be compared: none where there is no such table. */
function rowsOf(table: string, known: readonly TableInfo[]): readonly [a: string, b: string] {
  const columnsIn = (alias: string): string[] | undefined =>
    known.find(({ name }) => name === qualified(alias, table))?.columns.map(({ name }) => quoteName(name));
  const [inA, inB] = [columnsIn('a'), columnsIn('b')];
  const columns = (inA ?? inB)?.filter((column) => (inB ?? inA)?.includes(column));
  if (columns === undefined)
    throw new UserError(
      'NotFound',
      `Neither of the two has a table ${table}.`,
      '%compare shows which tables differ.',
    );
  if (columns.length === 0)
    throw new UserError('NotComparable', `The two tables ${table} have no column in common.`);
  const select = (alias: string): string => `SELECT ${columns.join(', ')} FROM ${qualified(alias, table)}`;
  if (inA === undefined) return [`(${select('b')} LIMIT 0)`, select('b')];
  if (inB === undefined) return [select('a'), `(${select('a')} LIMIT 0)`];
  return [select('a'), select('b')];
}

/** Where a table is exported to: those of a schema other than the main one in a folder of its name. */
function fileOf(names: readonly string[]): string {
  const [table = '', schema] = [...names].reverse().map((name) => encodeURIComponent(name));
  // A schema may be called `..`.
  return join(schema?.replaceAll('.', '%2E') ?? '', `${table}.parquet`);
}

/** Makes a table of each Parquet file of a folder; of those in a folder within it, in the schema of that name. */
export async function importTables(database: Database, folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) {
      await loadTable(database, path);
      continue;
    }
    const schema = quoteAlways(decodeURIComponent(entry.name));
    await database.query(`CREATE SCHEMA IF NOT EXISTS ${schema}; USE ${schema}`, { author: 'user' });
    for (const file of await readdir(path)) await loadTable(database, join(path, file));
    await database.query('USE main', { author: 'user' });
  }
}

async function loadTable(database: Database, file: string): Promise<void> {
  if (extname(file) !== '.parquet') return;
  await database.load(file, { table: decodeURIComponent(basename(file, '.parquet')) });
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
    attachments: Object.entries(files).flatMap(([alias, source]) =>
      // There is none where no SQL has run yet.
      existsSync(source) ? [{ alias, source, type: 'duckdb' as const }] : [],
    ),
  });
  try {
    return await act({ database });
  } finally {
    await database.close();
    await rm(scratch, { recursive: true, force: true });
  }
}
