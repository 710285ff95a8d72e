import { existsSync } from 'node:fs';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { OpenState } from './protocol.js';
import { settings } from './settings.js';
import { attach, reachClouds } from './attach.js';
import { quoteAlways, quoteText } from '../sql/quote.js';

/** The open database: `work` runs what people and models write, `side` answers what the kernel asks meanwhile. */
export interface Session {
  readonly instance: DuckDBInstance;
  readonly work: DuckDBConnection;
  readonly side: DuckDBConnection;
}

/** Opens the file, confined to the given directories and files, with its settings locked. */
export async function openSession(
  state: OpenState,
  directories: readonly string[],
  files: readonly string[],
): Promise<Session> {
  const instance = await DuckDBInstance.create(state.file);
  try {
    const work = await instance.connect();
    for (const attachment of state.attachments) await attach(work, attachment);
    await reachClouds(work, state.readable);
    for (const sql of settings(state, directories, files)) await work.run(sql);
    for (const { name, file } of state.frames) {
      if (existsSync(file)) await work.run(frameView(name, file));
    }
    return { instance, work, side: await instance.connect() };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/** Closes the file; DuckDB brings it up to date first. */
export function closeSession(session: Session): void {
  session.side.closeSync();
  session.work.closeSync();
  session.instance.closeSync();
}

export function frameView(name: string, file: string): string {
  return `CREATE OR REPLACE TEMP VIEW ${quoteAlways(name)} AS FROM read_parquet(${quoteText(file)})`;
}
