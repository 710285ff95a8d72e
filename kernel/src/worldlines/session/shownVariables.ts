import type { VariableInfo } from '../../contract.js';
import type { State } from '../journal/records.js';
import { unstore } from '../journal/stored.js';
import type { Store } from './Store.js';

/** A variable as it was noted, with the digest of what it held where it had one; older stores have none. */
export type ShownVariable = VariableInfo & { readonly digest?: string };

/** What was noted of a state's variables when they were saved: they need not be restored for it. */
export async function shownVariables(store: Store, state: State): Promise<readonly ShownVariable[]> {
  return (await unstore(state.shown, store.objects)) as readonly ShownVariable[];
}
