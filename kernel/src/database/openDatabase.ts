import type { Database, OpenOptions } from './types.js';
import { ProcessDatabase } from './processDatabase.js';

/** A worldline's database. Nothing is started or opened before the first call. */
export function openDatabase(options: OpenOptions): Database {
  return new ProcessDatabase(options);
}
