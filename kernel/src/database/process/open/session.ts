import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { OpenState } from '../protocol.js';
import { settings } from './settings.js';
import { attachAll, reachClouds } from './attach.js';
import { quoteText } from '../../sql/quote.js';
import { showFrame } from '../frames/frameView.js';

/** The open database: `work` runs what people and models write, `side` answers what the kernel asks meanwhile. */
export interface Session {
  readonly instance: DuckDBInstance;
  readonly work: DuckDBConnection;
  readonly side: DuckDBConnection;
}

/** Opens the file, confined to the given directories and files, with its settings locked. Throws an AttachFailure. */
export async function openSession(
  state: OpenState,
  directories: readonly string[],
  files: readonly string[],
): Promise<Session> {
  const instance = await DuckDBInstance.create(state.file);
  try {
    const work = await instance.connect();
    await work.run(noKeptSecrets(state));
    await attachAll(work, state.attachments);
    await reachClouds(work, state.readable);
    for (const sql of settings(state, directories, files)) await work.run(sql);
    for (const frame of state.frames) {
      if (existsSync(frame.file)) await showFrame(work, frame);
    }
    return { instance, work, side: await instance.connect() };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/**
 * Secrets that DuckDB keeps for the user are not for here; set before the first one is asked for. The extensions that ask
 * need a place to look: they get an empty one.
 */
function noKeptSecrets({ attachments, readable, tempDirectory }: OpenState): string {
  const remote = attachments.some(({ type }) => type === 'postgres' || type === 'mysql');
  return remote || (readable.urls ?? []).length > 0
    ? `SET secret_directory = ${quoteText(join(tempDirectory, 'secrets'))}`
    : 'SET allow_persistent_secrets = false';
}

/** Closes the file; DuckDB brings it up to date first. */
export function closeSession(session: Session): void {
  session.side.closeSync();
  session.work.closeSync();
  session.instance.closeSync();
}
