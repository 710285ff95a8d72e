import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../../../database/openDatabase.js';
import type { Database } from '../../../database/types.js';

/** The scratch database's own name, in its SQL. */
export const SCRATCH = 'scratch';

/**
 * Attaches closed database files, each under its name, to a scratch database for as long as `use` runs. One that does not exist is
 * left out: no SQL has run there yet. `workspace`: the folder that SQL writes to, made where it is not there.
 */
export async function withFiles<T>(
  home: string,
  files: Readonly<Record<string, string>>,
  use: (database: Database) => Promise<T>,
  workspace?: string,
): Promise<T> {
  const scratch = join(home, 'scratch', randomUUID());
  const folder = workspace ?? join(scratch, 'workspace');
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  await mkdir(folder, { recursive: true });
  const database = openDatabase({
    file: join(scratch, `${SCRATCH}.duckdb`),
    workspace: folder,
    readable: { folders: [], files: [] },
    attachments: Object.entries(files).flatMap(([alias, source]) =>
      existsSync(source) ? [{ alias, source, type: 'duckdb' as const }] : [],
    ),
  });
  try {
    return await use(database);
  } finally {
    await database.close();
    await rm(scratch, { recursive: true, force: true });
  }
}
