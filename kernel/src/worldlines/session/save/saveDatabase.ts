import type { State } from '../../journal/records.js';
import { store as storeValue } from '../../journal/stored.js';
import type { Live } from '../Live.js';
import type { Store } from '../Store.js';
import type { Saving } from './Saving.js';

type Tables = Pick<State, 'database' | 'tables'>;

export async function saveDatabase(store: Store, live: Live, last: Tables, saving: Saving): Promise<Tables> {
  const clean = !live.databaseDirty;
  // Also where the flush fails half-way: the next one may say that nothing changed.
  live.databaseDirty = true;
  const changed = await live.parts.flushDatabase();
  if (changed === null && clean) {
    live.databaseDirty = false;
    return last;
  }
  live.tables = changed?.tables ?? live.tables;
  const database = await store.databases.capture(live.place.databaseFile, last.database, saving);
  const tables = live.tables === null ? last.tables : await storeValue(live.tables, store.objects, saving);
  live.databaseDirty = false;
  live.tables = null;
  return { database, tables };
}
