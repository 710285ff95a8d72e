import type { JournalRecord } from '../journal/records.js';
import { newId } from './commitCell.js';
import type { Store } from './Store.js';

/** An empty worldline. It is written with the first record after it, so that a kernel that runs nothing leaves nothing. */
export function freshWorldline(store: Store, name: string): string {
  const now = Date.now();
  const [root, worldline] = [newId(), newId()];
  const records: JournalRecord[] = [
    { t: 'worldline', id: worldline, name, head: root, fork: null, continues: null, created: now },
    {
      ...{ t: 'checkpoint', id: root, lineage: [], worldline, kind: 'root', title: '', status: 'ok' },
      ...{ started: now, ended: now, executionCount: null, cellId: null },
      ...{ source: { value: '' }, outputs: { value: [] }, turns: { value: [] } },
    },
  ];
  for (const one of records) {
    store.journal.defer(one);
    store.graph.apply(store.own, one);
  }
  return worldline;
}
