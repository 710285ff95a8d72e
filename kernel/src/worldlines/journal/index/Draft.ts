import type { JournalRecord } from '../records.js';
import { ID } from './format.js';
import type { Entry, Table } from './Table.js';

/** Records that are few, and that an index repeats so that they need not be looked for. */
export type Kept = Extract<
  JournalRecord,
  { t: 'open' | 'worldline' | 'rename' | 'delete' | 'drop' | 'active' | 'notebook' }
>;

/** A journal's table while it is read or written: all of it in memory. */
export class Draft implements Table {
  readonly kept: Kept[] = [];
  readonly #entries: Entry[] = [];
  readonly #ordinals = new Map<string, number>();
  #regular = true;

  /** Takes over what an index has. */
  static of(table: Table, kept: readonly Kept[]): Draft {
    const draft = new Draft();
    for (const record of kept) draft.kept.push(record);
    for (let ordinal = 0; ordinal < table.count; ordinal++) draft.#push(table.entry(ordinal));
    return draft;
  }

  add(record: JournalRecord, at: number): void {
    switch (record.t) {
      case 'checkpoint':
        if (!this.#ordinals.has(record.id)) this.#push({ id: record.id, at, stateAt: null });
        break;
      case 'state': {
        const ordinal = this.#ordinals.get(record.checkpoint);
        if (ordinal === undefined) this.#regular = false;
        else this.#entries[ordinal] = { ...this.entry(ordinal), stateAt: at };
        break;
      }
      case 'open':
      case 'worldline':
      case 'rename':
      case 'delete':
      case 'drop':
        this.kept.push(record);
        break;
      case 'active':
      case 'notebook': {
        // Only the last one tells something.
        const before = this.kept.findLastIndex(({ t }) => t === record.t);
        if (before !== -1) this.kept.splice(before, 1);
        this.kept.push(record);
        break;
      }
      case 'head':
      case 'began':
        break;
    }
  }

  get count(): number {
    return this.#entries.length;
  }

  /** Whether an index can hold it: a journal that lost records cannot be read by one. */
  get regular(): boolean {
    return this.#regular;
  }

  entry(ordinal: number): Entry {
    const entry = this.#entries[ordinal];
    if (entry === undefined) throw new RangeError(`A journal has no checkpoint ${ordinal}.`);
    return entry;
  }

  find(id: string): number | null {
    return this.#ordinals.get(id) ?? null;
  }

  #push(entry: Entry): void {
    if (!ID.test(entry.id)) this.#regular = false;
    this.#ordinals.set(entry.id, this.#entries.length);
    this.#entries.push(entry);
  }
}
