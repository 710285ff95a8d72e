import { rm, stat } from 'node:fs/promises';
import { copyBytes } from '../database/copyBytes.js';
import type { State } from '../journal/records.js';
import type { Live } from './Live.js';
import type { Store } from './Store.js';

/** The share of blocks that another file has to have for a copy of it to be the quicker beginning. */
const WORTH = 0.5;
/** Milliseconds after which a write would change the time that a file system notes. */
const TICK = 50;

/**
 * Begins a database file with a plain copy of another open worldline's, where that has most of what is wanted: restoring
 * then only has to bring the rest, and to make sure of it.
 */
export async function copyNear(
  store: Store,
  state: State,
  others: Iterable<Live>,
  file: string,
): Promise<void> {
  const wanted = state.database;
  if (wanted?.form !== 'blocks') return;
  const key = JSON.stringify(wanted);
  const isWanted = (live: Live): boolean => JSON.stringify(live.database.value.database) === key;
  const open = [...others];
  const near = open.find(isWanted) ?? (await nearest(store, state, open));
  await near?.database.step(async (last) => {
    const from = near.place.databaseFile;
    // Between two checkpoints DuckDB leaves the blocks of the last one where they are. Those of another may be written to.
    if (isWanted(near)) await copyBytes(from, file);
    else if (!(await copyUnwritten(from, file))) await rm(file, { force: true });
    return last;
  });
}

async function nearest(store: Store, state: State, open: readonly Live[]): Promise<Live | undefined> {
  let found: Live | undefined;
  let most = WORTH;
  for (const live of open) {
    const shared = await store.databases.shared(state.database, live.database.value.database);
    if (shared < most) continue;
    found = live;
    most = shared;
  }
  return found;
}

/** False where something may have written to the file meanwhile. */
async function copyUnwritten(from: string, to: string): Promise<boolean> {
  const before = await stat(from, { bigint: true });
  if (Date.now() - Number(before.mtimeMs) < TICK) return false;
  await copyBytes(from, to);
  return (await stat(from, { bigint: true })).mtimeNs === before.mtimeNs;
}
