import { Draft } from '../journal/index/Draft.js';
import type { Head } from '../journal/index/format.js';
import { IndexDamagedError, type IndexFile } from '../journal/index/IndexFile.js';
import type { Entry, Table } from '../journal/index/Table.js';
import type { JournalFile } from '../journal/JournalFile.js';
import { type Damage, decode } from '../journal/lines.js';
import type { CheckpointRecord, StateRecord } from '../journal/records.js';
import { holds } from '../journal/stored.js';
import type { Node } from './Graph.js';

/** Told where a journal turns out to be damaged: the bytes that were read, and the damages in them. */
export type OnDamage = (bytes: Buffer, damages: readonly Damage[]) => void;

/**
 * The checkpoints of a journal that an index covers. Each is read when it is asked for. Where the index or a record is
 * damaged, the journal is read through, and what is left of it takes the index's place.
 */
export class Segment {
  readonly head: Head;
  #table: Table;
  #checked = false;
  readonly #nodes = new Map<string, Node>();
  readonly #dropped = new Set<string>();

  constructor(
    readonly journal: string,
    private readonly index: IndexFile,
    private readonly file: JournalFile,
    private readonly onDamage: OnDamage,
  ) {
    this.head = index.head;
    this.#table = index;
  }

  /** Checkpoints that were not dropped. */
  get count(): number {
    return this.#table.count - this.#dropped.size;
  }

  has(id: string): boolean {
    return !this.#dropped.has(id) && this.#entry(id) !== null;
  }

  node(id: string): Node | undefined {
    const known = this.#nodes.get(id);
    if (known !== undefined) return known;
    const entry = this.#dropped.has(id) ? null : this.#entry(id);
    return entry === null ? undefined : this.#read(entry);
  }

  /** At most `count` checkpoints, newest first, after `skip` of them. */
  newest(skip: number, count: number): Node[] {
    return this.#safely((table) => {
      const page: Node[] = [];
      let left = skip;
      for (let at = table.count - 1; at >= 0 && page.length < count; at--) {
        // Without gaps the first ones need not even be looked at.
        if (this.#dropped.size === 0) at -= left;
        if (at < 0) break;
        const { id } = table.entry(at);
        if (this.#dropped.has(id)) continue;
        if (this.#dropped.size > 0 && left > 0) {
          left--;
          continue;
        }
        left = 0;
        const node = this.node(id);
        if (node !== undefined) page.push(node);
      }
      return page;
    });
  }

  ids(): string[] {
    return this.#safely((table) => {
      const ids: string[] = [];
      for (let at = 0; at < table.count; at++) ids.push(table.entry(at).id);
      return ids.filter((id) => !this.#dropped.has(id));
    });
  }

  drop(id: string): void {
    if (!this.has(id)) return;
    this.#dropped.add(id);
    this.#nodes.delete(id);
  }

  /** Reads all of the journal that the index covers, so that damage in it is known. */
  check(): void {
    if (this.#checked) return;
    this.#checked = true;
    const bytes = this.file.bytes(0, this.head.end);
    const { records, places, damages } = decode(bytes);
    const draft = new Draft();
    records.forEach((record, n) => {
      draft.add(record, places[n] ?? 0);
    });
    this.#table = draft;
    for (const id of this.#dropped) if (draft.find(id) === null) this.#dropped.delete(id);
    // All of this was whole once: what is not is no record that was being written.
    const lost = damages.map((damage) => ({ ...damage, tail: false }));
    if (lost.length > 0) this.onDamage(bytes, lost);
  }

  close(): void {
    this.index.close();
    this.file.close();
  }

  #entry(id: string): Entry | null {
    return this.#safely((table) => {
      const ordinal = table.find(id);
      return ordinal === null ? null : table.entry(ordinal);
    });
  }

  #safely<T>(act: (table: Table) => T): T {
    try {
      return act(this.#table);
    } catch (error) {
      if (!(error instanceof IndexDamagedError)) throw error;
      this.check();
      return act(this.#table);
    }
  }

  #read({ id, at, stateAt }: Entry): Node | undefined {
    const record = this.file.record(at);
    if (record?.t === 'checkpoint' && record.id === id) {
      const read = (): StateRecord | null => (stateAt === null ? null : this.#state(id, stateAt));
      const node = new LazyNode(record, this.journal, read);
      this.#nodes.set(id, node);
      return node;
    }
    if (this.#checked) return undefined;
    this.check();
    return this.node(id);
  }

  #state(id: string, at: number): StateRecord | null {
    const record = this.file.record(at);
    if (record?.t === 'state' && record.checkpoint === id) return holds(record) ? record : null;
    if (this.#checked) return null;
    this.check();
    const stateAt = this.#entry(id)?.stateAt ?? null;
    return stateAt === null ? null : this.#state(id, stateAt);
  }
}

/** A checkpoint whose state is read when it is asked for. */
class LazyNode implements Node {
  #saved: StateRecord | null | undefined;

  constructor(
    readonly record: CheckpointRecord,
    readonly journal: string,
    private readonly readState: () => StateRecord | null,
  ) {}

  get saved(): StateRecord | null {
    if (this.#saved === undefined) this.#saved = this.readState();
    return this.#saved;
  }
  set saved(state: StateRecord | null) {
    this.#saved = state;
  }
}
