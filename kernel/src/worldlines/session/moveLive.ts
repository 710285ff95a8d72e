import type { Node } from '../graph/Graph.js';
import type { LostVariable, Restored } from '../types.js';
import type { Live } from './Live.js';
import { restoreDatabase, restoreFiles, restoreVariables, targetOf } from './restoreState.js';
import type { Store } from './Store.js';

/** Brings a live worldline to a checkpoint's state. If it fails half-way, the worldline is marked as torn. */
export async function moveLive(store: Store, live: Live, to: Node): Promise<Restored> {
  await live.recorded;
  const target = targetOf(store, to);
  const notes = [...target.notes];
  const { parts, place } = live;
  let lost: readonly LostVariable[] = [];
  const changed = await parts.flushDatabase();
  live.torn = true;
  await live.database.step(async (last) => {
    const same = JSON.stringify(last.database) === JSON.stringify(target.state.database);
    if (same && changed === null && !live.databaseDirty) return last;
    live.databaseDirty = true;
    await parts.closeDatabase();
    const database = await restoreDatabase(store, target, place.databaseFile, notes);
    live.databaseDirty = false;
    live.tables = null;
    return { database, tables: target.state.tables };
  });
  await live.workspace.step(async () => {
    const workspace = await restoreFiles(store, target, place.workspace, live.index, notes);
    await parts.workspaceRestored?.();
    return { workspace };
  });
  await live.variables.step(async () => {
    const restored = await restoreVariables(store, target, parts, notes);
    lost = restored.lost;
    live.taken = null;
    return { variables: restored.ref, shown: target.state.shown };
  });
  live.torn = false;
  return { lost, notes };
}
