import { describe } from '../../errors.js';
import type { StateRecord } from '../../journal/records.js';
import { store as storeValue } from '../../journal/stored.js';
import { bootId } from '../../store/liveness.js';
import type { Saved } from '../../types.js';
import type { Live } from '../Live.js';
import { record, type Store } from '../Store.js';
import { saveDatabase } from './saveDatabase.js';
import { saveVariables } from './saveVariables.js';
import { saveWorkspace } from './saveWorkspace.js';
import type { Saving, Unwritten } from './Saving.js';

/**
 * Brings everything that a cell left into the store and then writes the record that says so. The parts are read one
 * checkpoint after the other, each in its own row, so that a slow one holds up only those who write to it. Never rejects.
 * `tell` is called once the state outlives this process, or cannot be saved.
 */
export async function saveState(
  store: Store,
  live: Live,
  unwritten: Unwritten,
  tell: (soFar: Saved) => void,
): Promise<Saved> {
  const saving: Saving = { bytes: 0, lost: [], skipped: [], problems: [] };
  live.writing += 1;
  const { before, recorded: isRecorded } = live.nextRecorded();
  const recorded = (): void => {
    tell({ ...saving, problems: [...saving.problems] });
    isRecorded();
  };
  const parts = partsOf(store, live, unwritten, saving);
  try {
    await Promise.allSettled([...parts, before]);
    const [workspace, database, variables] = await Promise.all(parts);
    const long = await longOf(store, unwritten, saving);
    const state = { ...workspace, ...database, ...variables };
    const { checkpoint } = unwritten;
    await recordState(store, { t: 'state', checkpoint, state, bytes: saving.bytes, ...long }, recorded);
    live.unsaved = false;
  } catch (error) {
    live.unsaved = true;
    saving.problems.push(
      `The state after this cell could not be saved (${describe(error)}). It is still here; the next cell tries again.`,
    );
  } finally {
    recorded();
    live.writing -= 1;
  }
  return saving;
}

/** Each begins when it is written for the checkpoint before. One that the cell cannot have changed stays as it was then. */
function partsOf(store: Store, live: Live, { cell, capture }: Unwritten, saving: Saving) {
  const { untouched = [] } = cell;
  return [
    live.workspace.step(async (last) =>
      untouched.includes('workspace') ? last : saveWorkspace(store, live, saving),
    ),
    live.database.step(async (last) =>
      untouched.includes('database') && !live.databaseDirty ? last : saveDatabase(store, live, last, saving),
    ),
    live.variables.step((last) => saveVariables(store, live, last, capture, saving)),
  ] as const;
}

/** What was too large to be written before the reply. */
async function longOf(
  store: Store,
  { cell, late }: Unwritten,
  saving: Saving,
): Promise<Pick<StateRecord, 'outputs' | 'turns' | 'source'>> {
  const entries = [];
  for (const part of late) entries.push([part, await storeValue(cell[part], store.objects, saving)]);
  return Object.fromEntries(entries) as Pick<StateRecord, 'outputs' | 'turns' | 'source'>;
}

/** What is written survives the end of this process; only a power cut takes what is not on the disk, as a second record says. */
async function recordState(store: Store, entry: StateRecord, recorded: () => void): Promise<void> {
  const boot = bootId();
  if (boot !== null) {
    record(store, { ...entry, boot });
    recorded();
  }
  await store.objects.settle();
  record(store, entry);
  await store.journal.sync();
}
