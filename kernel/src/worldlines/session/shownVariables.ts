import type { VariableInfo } from '../../contract.js';
import type { State } from '../journal/records.js';
import { unstore } from '../journal/stored.js';
import type { Store } from './Store.js';

/** What was noted of a state's variables when they were saved: they need not be restored for it. */
export async function shownVariables(store: Store, state: State): Promise<readonly VariableInfo[]> {
  return (await unstore(state.shown, store.objects)) as readonly VariableInfo[];
}
