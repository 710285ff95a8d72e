import type { CheckpointRecord, JournalRecord, StateRecord, WorldlineRecord } from '../journal/records.js';
import { holds } from '../journal/stored.js';
import { isCell } from './isCell.js';
import type { Segment } from './Segment.js';

export interface Node {
  readonly record: CheckpointRecord;
  saved: StateRecord | null;
  /** The journal that has it. */
  readonly journal: string;
}
export interface Line {
  readonly id: string;
  readonly journal: string;
  name: string;
  head: string;
  fork: string | null;
  continues: string | null;
  created: number;
  deleted: boolean;
  /** Bytes and cells of its own checkpoints, and when the last was made. */
  bytes: number;
  cells: number;
  lastUsed: number;
  /** The title of a cell that began and of which no checkpoint was made. */
  running: string | null;
}
/** A change to a worldline of another journal: the latest in journal order holds. */
interface Overlay {
  readonly journal: string;
  readonly order: string;
  readonly value: string | boolean;
}

/**
 * All checkpoints and worldlines that are known so far, whatever journal they stand in. Built by records, and by segments
 * whose records are read when they are asked for.
 */
export class Graph {
  readonly lines = new Map<string, Line>();
  readonly #nodes = new Map<string, Node>();
  readonly #segments = new Map<string, Segment>();
  readonly #byJournal = new Map<string, Node[]>();
  readonly #names = new Map<string, Overlay>();
  readonly #deletions = new Map<string, Overlay>();
  /** In which worldline each run was last. */
  readonly #active = new Map<string, string>();
  /** Of which notebook each run was, where its front end told. */
  readonly #notebooks = new Map<string, string>();
  readonly #early = new Map<string, StateRecord>();
  /** Who let go of a worldline or checkpoint. */
  readonly #dropped = new Map<string, string>();
  /** Journals that say something about what stands in others, and those. */
  readonly #speaking = new Map<string, Set<string>>();
  #sequence = 0;

  apply(journal: string, record: JournalRecord): void {
    switch (record.t) {
      case 'checkpoint':
        this.#addCheckpoint(journal, record);
        break;
      case 'state':
        this.#addState(record);
        break;
      case 'worldline':
        this.#addLine(journal, record);
        break;
      case 'head': {
        const line = this.lines.get(record.worldline);
        if (line !== undefined) line.head = record.head;
        break;
      }
      case 'rename':
        this.#overlay(this.#names, journal, record.worldline, record.name);
        break;
      case 'delete':
        this.#overlay(this.#deletions, journal, record.worldline, record.deleted);
        break;
      case 'drop':
        this.#drop(journal, record.worldlines, record.checkpoints);
        break;
      case 'began': {
        const line = this.lines.get(record.worldline);
        if (line !== undefined) line.running = record.title;
        break;
      }
      case 'active':
        this.#active.set(journal, record.worldline);
        break;
      case 'notebook':
        this.#notebooks.set(journal, record.id);
        break;
      case 'open':
        break;
    }
  }

  /** Takes in what an index says of a journal, before the records that follow it. */
  addSegment(segment: Segment): void {
    const { journal, head } = segment;
    for (const record of head.kept) this.apply(journal, record);
    for (const { id, ...totals } of head.lines) {
      const line = this.lines.get(id);
      if (line?.journal === journal) Object.assign(line, totals);
    }
    this.#segments.set(journal, segment);
    for (const [dropped, by] of this.#dropped) {
      const [store, id = ''] = dropped.split(' ');
      if (store === storeOf(journal)) this.#dropFrom(segment, id, by);
    }
  }

  /** Whether the run that made a worldline was in it last; false where it never changed to one. */
  wasActive({ journal, id }: Line): boolean {
    return this.#active.get(journal) === id;
  }

  notebookOf(journal: string): string | undefined {
    return this.#notebooks.get(journal);
  }

  /** Whether two runs are of different notebooks for certain: one was in the other's place, or is there by now. */
  areApart(journal: string, other: string): boolean {
    const [one, two] = [this.#notebooks.get(journal), this.#notebooks.get(other)];
    return one !== undefined && two !== undefined && one !== two;
  }

  /** Journals of which this one says something that holds as long as they are there. */
  speaksOf(journal: string): ReadonlySet<string> {
    return this.#speaking.get(journal) ?? new Set();
  }

  /** Reads through what only an index was read of, so that damage is known. */
  check(): void {
    for (const segment of this.#segments.values()) segment.check();
  }

  close(): void {
    for (const segment of this.#segments.values()) segment.close();
  }

  node(id: string): Node | undefined {
    const node = this.#nodes.get(id);
    if (node !== undefined) return node;
    for (const segment of this.#segments.values()) {
      const found = segment.node(id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Every checkpoint, each journal's in the order in which they were made. */
  *nodes(): Generator<Node> {
    for (const id of this.ids()) {
      const node = this.node(id);
      if (node !== undefined) yield node;
    }
  }

  *ids(): Generator<string> {
    for (const segment of this.#segments.values()) yield* segment.ids();
    yield* this.#nodes.keys();
  }

  /** The nearest ancestor that is known; a lost record is stepped over. */
  parent(node: Node): Node | null {
    for (const id of node.record.lineage) {
      const found = this.node(id);
      if (found !== undefined) return found;
    }
    return null;
  }

  /** The checkpoint and what came before it, newest first. */
  *ancestry(from: Node | null): Generator<Node> {
    for (let node = from; node !== null; node = this.parent(node)) yield node;
  }

  get count(): number {
    let count = this.#nodes.size;
    for (const segment of this.#segments.values()) count += segment.count;
    return count;
  }

  /** Checkpoints newest first: journals in order, the given one last. */
  page(own: string, offset: number, count: number): Node[] {
    const names = new Set([...this.#byJournal.keys(), ...this.#segments.keys()]);
    names.delete(own);
    const page: Node[] = [];
    let skip = offset;
    for (const name of [own, ...[...names].sort().reverse()]) {
      const nodes = this.#byJournal.get(name) ?? [];
      for (let n = nodes.length - 1 - skip; n >= 0 && page.length < count; n--) page.push(nodes[n] as Node);
      skip = Math.max(0, skip - nodes.length);
      const segment = this.#segments.get(name);
      if (segment === undefined || page.length >= count) continue;
      page.push(...segment.newest(skip, count - page.length));
      skip = Math.max(0, skip - segment.count);
    }
    return page;
  }

  #addCheckpoint(journal: string, record: CheckpointRecord): void {
    if (this.#has(record.id) || this.#isDropped(journal, record.id)) return;
    const node: Node = { record, saved: this.#early.get(record.id) ?? null, journal };
    this.#nodes.set(record.id, node);
    const nodes = this.#byJournal.get(journal);
    if (nodes === undefined) this.#byJournal.set(journal, [node]);
    else nodes.push(node);
    if (this.#isDropped(journal, record.worldline)) return;
    const line = this.lines.get(record.worldline) ?? this.#recoveredLine(journal, record);
    line.head = record.id;
    // A run goes on after its steps.
    if (record.kind !== 'step') line.running = null;
    line.lastUsed = record.ended;
    if (isCell(record)) line.cells++;
    line.bytes += node.saved?.bytes ?? 0;
  }

  #addState(record: StateRecord): void {
    if (!holds(record)) return;
    const node = this.node(record.checkpoint);
    if (node === undefined) {
      this.#early.set(record.checkpoint, record);
      return;
    }
    const counted = node.saved?.bytes ?? 0;
    node.saved = record;
    const line = this.lines.get(node.record.worldline);
    if (line !== undefined) line.bytes += record.bytes - counted;
  }

  #addLine(journal: string, { id, name, head, fork, continues, created }: WorldlineRecord): void {
    if (this.#isDropped(journal, id)) return;
    for (const overlay of [this.#names.get(id), this.#deletions.get(id)])
      if (overlay !== undefined) this.#speaks(overlay.journal, journal);
    const known = this.lines.get(id);
    const { bytes = 0, cells = 0, lastUsed = created } = known ?? {};
    this.lines.set(id, {
      ...{ id, journal, fork, continues, created, bytes, cells, lastUsed },
      running: null,
      name: (this.#names.get(id)?.value as string | undefined) ?? name,
      head: known?.head ?? head,
      deleted: (this.#deletions.get(id)?.value as boolean | undefined) ?? false,
    });
  }

  /** A worldline whose own record was lost: its checkpoints still say that it was there. */
  #recoveredLine(journal: string, record: CheckpointRecord): Line {
    const { worldline: id, started: created } = record;
    this.#addLine(journal, {
      ...{ t: 'worldline', id, created, name: `recovered-${id.slice(0, 4)}`, head: record.id },
      ...{ fork: null, continues: null },
    });
    return this.lines.get(id) as Line;
  }

  #overlay(into: Map<string, Overlay>, journal: string, id: string, value: string | boolean): void {
    const order = `${journal} ${String(this.#sequence++).padStart(12, '0')}`;
    if ((into.get(id)?.order ?? '') > order) return;
    into.set(id, { journal, order, value });
    const line = this.lines.get(id);
    if (line === undefined) return;
    this.#speaks(journal, line.journal);
    if (typeof value === 'string') line.name = value;
    else line.deleted = value;
  }

  /** What one notebook's clean-up let go of, another one may have a copy of. */
  #drop(journal: string, worldlines: readonly string[], checkpoints: readonly string[]): void {
    const store = storeOf(journal);
    const gone = new Set<string>();
    for (const id of [...worldlines, ...checkpoints]) this.#dropped.set(`${store} ${id}`, journal);
    for (const id of worldlines) {
      const line = this.lines.get(id);
      if (line === undefined || storeOf(line.journal) !== store) continue;
      this.#speaks(journal, line.journal);
      this.lines.delete(id);
    }
    for (const id of checkpoints) {
      for (const segment of this.#segments.values())
        if (storeOf(segment.journal) === store) this.#dropFrom(segment, id, journal);
      const node = this.#nodes.get(id);
      if (node === undefined || storeOf(node.journal) !== store) continue;
      this.#speaks(journal, node.journal);
      this.#nodes.delete(id);
      gone.add(id);
    }
    if (gone.size === 0) return;
    for (const [name, nodes] of this.#byJournal) {
      this.#byJournal.set(
        name,
        nodes.filter((node) => !gone.has(node.record.id)),
      );
    }
  }

  #has(id: string): boolean {
    return this.#nodes.has(id) || [...this.#segments.values()].some((segment) => segment.has(id));
  }

  #isDropped(journal: string, id: string): boolean {
    const by = this.#dropped.get(`${storeOf(journal)} ${id}`);
    if (by !== undefined) this.#speaks(by, journal);
    return by !== undefined;
  }

  #dropFrom(segment: Segment, id: string, by: string): void {
    if (!segment.has(id)) return;
    this.#speaks(by, segment.journal);
    segment.drop(id);
  }

  #speaks(journal: string, about: string): void {
    if (journal === about) return;
    const others = this.#speaking.get(journal);
    if (others === undefined) this.#speaking.set(journal, new Set([about]));
    else others.add(about);
  }
}

/** Journals of another notebook's store have its id before their name. */
function storeOf(journal = ''): string {
  return isLinked(journal) ? journal.slice(0, journal.indexOf(' ')) : '';
}

/** Whether nothing was done in a worldline, nor before it. */
export function isBlank({ cells, fork }: Line): boolean {
  return cells === 0 && fork === null;
}

export function isLinked(journal: string): boolean {
  return journal.startsWith('!');
}
