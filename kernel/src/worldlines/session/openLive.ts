import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Line, Node } from '../graph/Graph.js';
import { privateFolder } from '../store/files.js';
import type { Host, Restored } from '../types.js';
import { WorkspaceIndex } from '../workspace/WorkspaceIndex.js';
import { copyNear } from './copyNear.js';
import { Live } from './Live.js';
import { restoreDatabase, restoreFiles, restoreVariables, targetOf } from './restoreState.js';
import type { Store } from './Store.js';

/** Puts a worldline's files in place and starts its parts. On failure nothing of it is left. */
export async function openLive(
  store: Store,
  host: Host,
  line: Line,
  head: Node,
  others: Iterable<Live>,
): Promise<{ live: Live; restored: Restored }> {
  const folder = await privateFolder(store.folder.liveOf(line.id));
  const given = await host.newWorkspace();
  const workspace = given ?? (await privateFolder(join(folder, 'workspace')));
  const databaseFile = join(folder, 'database.duckdb');
  const target = targetOf(store, head);
  const notes = [...target.notes];
  const index = new WorkspaceIndex();
  try {
    const [files, database] = await Promise.all([
      restoreFiles(store, target, workspace, index, notes),
      copyNear(store, target.state, others, databaseFile).then(() =>
        restoreDatabase(store, target, databaseFile, notes),
      ),
    ]);
    const place = { id: line.id, name: line.name, databaseFile, workspace };
    const parts = await host.open(place);
    await parts.workspaceRestored?.();
    const variables =
      target.state.variables === null
        ? { ref: null, lost: [] }
        : await restoreVariables(store, target, parts, notes);
    const state = { ...target.state, workspace: files, database, variables: variables.ref };
    const live = new Live(place, index, parts, state);
    return { live, restored: { lost: variables.lost, notes } };
  } catch (error) {
    await removeLive(store, host, line.id, workspace);
    throw error;
  }
}

/** Removes a worldline's live files; a workspace that the host gave goes back to it. */
export async function removeLive(
  { folder }: Store,
  host: Host,
  worldline: string,
  workspace: string,
): Promise<void> {
  const live = folder.liveOf(worldline);
  if (dirname(workspace) !== live) await host.leaveWorkspace(workspace);
  await rm(live, { recursive: true, force: true });
}
