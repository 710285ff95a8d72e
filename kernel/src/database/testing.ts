import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openDatabase } from './openDatabase.js';
import type { CellText, Database, OpenOptions, StatementResult } from './types.js';

/** A database in a folder of its own, for tests: `workspace`, `data` (readable) and `state` beside each other. */
export interface Bench {
  readonly folder: string;
  readonly workspace: string;
  readonly data: string;
  readonly file: string;
  readonly database: Database;
  /** Reasons for which its process was lost. */
  readonly lost: string[];
}

export async function withDatabase(
  work: (bench: Bench) => Promise<void>,
  options: Partial<OpenOptions> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'worldline-database-')));
  const workspace = join(folder, 'workspace');
  const data = join(folder, 'data');
  const file = join(folder, 'state', 'main.duckdb');
  const lost: string[] = [];
  await mkdir(workspace);
  await mkdir(data);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const database = openDatabase({
    file,
    workspace,
    readable: { folders: [data], files: [] },
    onLost: (reason) => lost.push(reason),
    ...options,
  });
  try {
    await work({ folder, workspace, data, file, database, lost });
  } finally {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

export async function runAsUser(database: Database, sql: string): Promise<StatementResult[]> {
  return database.query(sql, { author: 'user' });
}

/** The rows of a cell's last statement. */
export async function rowsOf(
  database: Database,
  sql: string,
  author: 'user' | 'model' = 'user',
): Promise<readonly (readonly CellText[])[]> {
  const result = (await database.query(sql, { author })).at(-1);
  if (result?.kind !== 'rows') throw new Error(`no rows: ${JSON.stringify(result)}`);
  return result.page.rows;
}
