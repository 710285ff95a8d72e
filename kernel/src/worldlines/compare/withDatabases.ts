import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseRef } from '../journal/records.js';
import type { Store } from '../session/Store.js';
import { privateFolder } from '../store/files.js';

/** Puts the database files of two states in place for as long as `use` runs. */
export async function withDatabases<T>(
  store: Store,
  a: DatabaseRef | null,
  b: DatabaseRef | null,
  use: (a: string, b: string) => Promise<T>,
): Promise<T> {
  const folder = await privateFolder(store.folder.liveOf(`compare-${randomUUID()}`));
  try {
    const files = [join(folder, 'a.duckdb'), join(folder, 'b.duckdb')] as const;
    await Promise.all([store.databases.restore(files[0], a), store.databases.restore(files[1], b)]);
    return await use(...files);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
