import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { NotFoundError, WorldlineError } from '../errors.js';
import type { CellRecord, GraphPage, WorldlineSummary } from '../../contract.js';
import type { Line, Node } from '../graph/Graph.js';
import { listed, summarizeCheckpoint, summarizeLine } from '../graph/summaries.js';
import { EarlierJournals } from '../journal/EarlierJournals.js';
import type { JournalRecord } from '../journal/records.js';
import { VariableBlobs } from '../objects/VariableBlobs.js';
import { storeHome } from '../store/StoreFolder.js';
import type {
  Commit,
  Host,
  NotebookIdentity,
  OpenWorldline,
  Part,
  RanCell,
  Restored,
  SessionEvent,
} from '../types.js';
import { commitCell, newId } from './commitCell.js';
import type { Live } from './Live.js';
import { moveLive } from './moveLive.js';
import { openLive } from './openLive.js';
import { type OpenedStore, openStore } from './openStore.js';
import { readCell, readTurns } from './readCell.js';
import { record, type Store } from './Store.js';
import { checkName, freeName } from './names.js';
import { stepsBack } from './stepsBack.js';

export interface SessionOptions {
  readonly notebook: NotebookIdentity;
  readonly host: Host;
  /** Default: `storeHome()`. */
  readonly home?: string;
}

/**
 * One notebook's worldlines, as one kernel sees them. Every worldline made or resumed here is written by this kernel
 * alone; those of earlier runs are read only, and resuming one goes on with it in a worldline of this run.
 */
export class Session {
  readonly blobs: VariableBlobs;
  readonly #store: Store;
  readonly #host: Host;
  readonly #earlier: EarlierJournals;
  readonly #lock: string;
  readonly #lives = new Map<string, Live>();
  readonly #opening = new Map<string, Promise<OpenWorldline>>();
  readonly #listeners = new Set<(event: SessionEvent) => void>();
  readonly #notes: string[];
  #active: string;
  #loading: Promise<void> | null = null;

  private constructor(
    { store, runs, lock, notes }: OpenedStore,
    host: Host,
    /** Runs of this notebook before this one. */
    readonly earlierRuns = runs,
  ) {
    this.#store = store;
    this.#host = host;
    this.#lock = lock;
    this.#notes = [...notes];
    this.blobs = new VariableBlobs(store.objects);
    this.#earlier = new EarlierJournals(store.folder, store.own);
    this.#active = this.#freshWorldline(runs === 0 ? 'main' : `main-${runs + 1}`);
  }

  static async open({ notebook, host, home = storeHome() }: SessionOptions): Promise<Session> {
    return new Session(await openStore(home, notebook, randomUUID()), host);
  }

  /** What tells this notebook's store; it can be kept in the notebook's metadata. */
  get id(): string {
    return this.#store.folder.id;
  }
  get active(): WorldlineSummary {
    return this.#summary(this.#line(this.#active));
  }
  get store(): Store {
    return this.#store;
  }

  /** Sentences for the person that came up since the last call: damage set aside, a newer store. */
  takeNotes(): string[] {
    return [...this.#notes.splice(0), ...this.#earlier.notes.splice(0)];
  }

  subscribe(listener: (event: SessionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Opens a worldline, or gives the open one: its files are put in place, and its parts made. */
  async open(worldline = this.#active): Promise<OpenWorldline> {
    const line = this.#line(worldline);
    const pending = this.#opening.get(line.id);
    if (pending !== undefined) return pending;
    const opening = this.#open(line);
    this.#opening.set(line.id, opening);
    opening.catch(() => this.#opening.delete(line.id));
    return opening;
  }

  /** Call before a cell runs. It mends what an earlier failure left half-done, and notes that the cell began. */
  async begin(cell: { title: string; cellId: string | null }, worldline = this.#active): Promise<void> {
    const live = await this.#live(worldline);
    if (live.torn) await live.exclusive(() => moveLive(this.#store, live, this.#head(this.#line(worldline))));
    record(this.#store, { t: 'began', worldline: live.place.id, title: cell.title });
    this.#emit({ kind: 'cell-began', worldline: live.place.id, ...cell });
  }

  /** Resolves when the last checkpoint has its copy of a part, so that the part may change again. */
  async ready(part: Exclude<Part, 'variables'>, worldline = this.#active): Promise<void> {
    await this.#lives.get(worldline)?.ready(part);
  }

  /** Makes a checkpoint of a cell that ran. Throws StoreWriteError where it could not be written. */
  async commit(cell: RanCell, worldline = this.#active): Promise<Commit> {
    const live = await this.#live(worldline);
    const line = this.#line(worldline);
    const commit = await live.exclusive(() => commitCell(this.#store, line, live, cell));
    this.#emit({ kind: 'checkpoint', checkpoint: commit.checkpoint });
    this.#emit({ kind: 'head', worldline: line.id, head: line.head });
    void commit.saved.then(() => {
      const node = this.#store.graph.nodes.get(commit.checkpoint.id);
      if (node !== undefined) this.#emit({ kind: 'checkpoint', checkpoint: summarizeCheckpoint(node) });
    });
    return commit;
  }

  /** Resolves when the state of every checkpoint so far is in the store. */
  async settled(): Promise<void> {
    await Promise.all([...this.#lives.values()].map((live) => live.saving));
  }

  /** A new worldline on an existing checkpoint, or on a worldline's head; by default the active one's. */
  async branch(name: string, from = this.#active): Promise<WorldlineSummary> {
    checkName(name, this.#ownLines());
    const node = await this.node(from);
    await this.#lives.get(node.record.worldline)?.saving;
    return this.#newLine(name, node, null);
  }

  /** Makes a worldline the one in which the next cell runs. It is opened by `open` or the next cell. */
  async switch(worldline: string): Promise<WorldlineSummary> {
    const line = await this.line(worldline);
    if (line.journal !== this.#store.own) return this.resume(worldline);
    if (line.deleted)
      throw new WorldlineError(`"${line.name}" was deleted; bring it back with %resume first.`);
    this.#setActive(line);
    return this.#summary(line);
  }

  /** Goes on with a worldline of an earlier run, or with a deleted one, and makes it active. */
  async resume(worldline: string): Promise<WorldlineSummary> {
    const line = await this.line(worldline);
    if (line.journal === this.#store.own) {
      if (line.deleted) this.#delete(line, false);
      this.#setActive(line);
      return this.#summary(line);
    }
    if (line.running !== null) {
      this.#notes.push(`"${line.running}" was running when the earlier kernel ended; what it did is lost.`);
    }
    const name = freeName(line.name, this.#ownLines());
    const summary = this.#newLine(name, this.#head(line), line.id);
    this.#setActive(this.#line(summary.id));
    return this.#summary(this.#line(summary.id));
  }

  /** Moves the active worldline back by some cells or steps, or to a checkpoint. Later checkpoints remain. */
  async undo(
    options: { cells?: number; steps?: number; to?: string } = {},
    worldline = this.#active,
  ): Promise<{ worldline: WorldlineSummary; restored: Restored }> {
    const line = this.#line(worldline);
    const to =
      options.to === undefined
        ? stepsBack(this.#store.graph, this.#head(line), options)
        : await this.node(options.to);
    return this.#move(line, to);
  }

  /** Gives the active worldline the state and history of another's head. */
  async adopt(worldline: string): Promise<{ worldline: WorldlineSummary; restored: Restored }> {
    const other = await this.line(worldline);
    await this.#lives.get(other.id)?.saving;
    return this.#move(this.#line(this.#active), this.#head(other));
  }

  async rename(worldline: string, name: string): Promise<WorldlineSummary> {
    const line = await this.line(worldline);
    if (name !== line.name) checkName(name, this.#ownLines());
    record(this.#store, { t: 'rename', worldline: line.id, name });
    this.#emit({ kind: 'worldline', worldline: this.#summary(line) });
    return this.#summary(line);
  }

  /** Takes a worldline off the list, or brings it back. What others share stays, and all of it until clean-up. */
  async delete(worldline: string, restore = false): Promise<WorldlineSummary> {
    const line = await this.line(worldline);
    if (line.id === this.#active && !restore) {
      throw new WorldlineError('This worldline is active. Switch to another one before you delete it.');
    }
    this.#delete(line, !restore);
    if (!restore) await this.#closeLive(line.id);
    return this.#summary(line);
  }

  async graph(offset: number, count: number): Promise<GraphPage> {
    await this.#loadEarlier();
    const { graph, own } = this.#store;
    return {
      worldlines: listed(graph, own).map((line) => this.#summary(line)),
      checkpoints: graph.page(own, offset, count).map(summarizeCheckpoint),
      total: graph.count,
      offset,
    };
  }

  async checkpoint(id: string): Promise<CellRecord> {
    return readCell(await this.node(id), this.#store);
  }

  /** The cells from the root to a checkpoint or a worldline's head, oldest first; steps of runs are left out. */
  async cells(of: string): Promise<CellRecord[]> {
    const nodes = [...this.#store.graph.ancestry(await this.node(of))].reverse();
    const cells = nodes.filter(({ record: { kind } }) => kind !== 'root' && kind !== 'step');
    return Promise.all(cells.map((node) => readCell(node, this.#store)));
  }

  /** All conversation turns from the root on. */
  async conversation(of = this.#active): Promise<unknown[]> {
    const nodes = [...this.#store.graph.ancestry(await this.node(of))].reverse();
    return (await Promise.all(nodes.map((node) => readTurns(node, this.#store)))).flat();
  }

  /** A worldline by id or name: of this run first, else the latest of that name. Throws NotFoundError. */
  async line(worldline: string): Promise<Line> {
    const own = this.#findLine(worldline);
    if (own !== undefined) return own;
    await this.#loadEarlier();
    const found = this.#findLine(worldline);
    if (found === undefined)
      throw new NotFoundError(`There is no worldline "${worldline}". %worldlines lists them.`);
    return found;
  }

  /** A checkpoint by its id, the beginning of it, or a worldline whose head is meant. Throws NotFoundError. */
  async node(reference: string): Promise<Node> {
    const found = this.#findNode(reference);
    if (found !== undefined) return found;
    await this.#loadEarlier();
    const later = this.#findNode(reference);
    if (later === undefined) throw new NotFoundError(`There is no checkpoint or worldline "${reference}".`);
    return later;
  }

  /** Saves what is under way, stops the parts of every open worldline and removes their live files. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#opening.keys()].map((id) => this.#closeLive(id)));
    await this.#store.journal.close();
    await rm(this.#lock, { force: true });
  }

  async #open(line: Line): Promise<OpenWorldline> {
    const { live, restored } = await openLive(this.#store, this.#host, line, this.#head(line));
    this.#lives.set(line.id, live);
    return { place: live.place, parts: live.parts, restored };
  }

  async #live(worldline: string): Promise<Live> {
    await this.open(worldline);
    const live = this.#lives.get(this.#line(worldline).id);
    if (live === undefined)
      throw new WorldlineError('This worldline was closed meanwhile. Run the cell again.');
    return live;
  }

  async #closeLive(id: string): Promise<void> {
    await this.#opening.get(id)?.catch(() => undefined);
    const live = this.#lives.get(id);
    this.#opening.delete(id);
    this.#lives.delete(id);
    if (live === undefined) return;
    await live.saving;
    await live.parts.close();
    if (live.unsaved) return;
    await rm(this.#store.folder.liveOf(id), { recursive: true, force: true });
  }

  async #move(line: Line, to: Node): Promise<{ worldline: WorldlineSummary; restored: Restored }> {
    if (line.journal !== this.#store.own) throw new WorldlineError(`Resume "${line.name}" first.`);
    const opening = this.#opening.get(line.id);
    await opening?.catch(() => undefined);
    const live = this.#lives.get(line.id);
    const act = async (): Promise<Restored> => {
      const restored = live === undefined ? NOTHING : await moveLive(this.#store, live, to);
      record(this.#store, { t: 'head', worldline: line.id, head: to.record.id });
      await this.#store.journal.sync();
      return restored;
    };
    const restored = await (live === undefined ? act() : live.exclusive(act));
    this.#emit({ kind: 'head', worldline: line.id, head: line.head });
    return { worldline: this.#summary(line), restored };
  }

  #freshWorldline(name: string): string {
    const now = Date.now();
    const root = newId();
    const worldline = newId();
    const records: JournalRecord[] = [
      { t: 'worldline', id: worldline, name, head: root, fork: null, continues: null, created: now },
      {
        ...{ t: 'checkpoint', id: root, lineage: [], worldline, kind: 'root', title: '', status: 'ok' },
        ...{ started: now, ended: now, executionCount: null, cellId: null },
        ...{ source: { value: '' }, outputs: { value: [] }, turns: { value: [] } },
      },
    ];
    for (const one of records) {
      this.#store.journal.defer(one);
      this.#store.graph.apply(this.#store.own, one);
    }
    return worldline;
  }

  #newLine(name: string, on: Node, continues: string | null): WorldlineSummary {
    const { id: head } = on.record;
    const id = newId();
    record(this.#store, {
      ...{ t: 'worldline', id, name, head, fork: head, continues, created: Date.now() },
    });
    const summary = this.#summary(this.#line(id));
    this.#emit({ kind: 'worldline', worldline: summary });
    return summary;
  }

  #setActive(line: Line): void {
    this.#active = line.id;
    record(this.#store, { t: 'active', worldline: line.id });
    this.#emit({ kind: 'active', worldline: line.id });
  }

  #delete(line: Line, deleted: boolean): void {
    record(this.#store, { t: 'delete', worldline: line.id, deleted });
    this.#emit({ kind: 'worldline', worldline: this.#summary(line) });
  }

  #summary(line: Line): WorldlineSummary {
    return summarizeLine(line, this.#store.own, this.#active);
  }

  #ownLines(): Line[] {
    return [...this.#store.graph.lines.values()].filter((line) => line.journal === this.#store.own);
  }

  #line(id: string): Line {
    const line = this.#findLine(id);
    if (line === undefined) throw new NotFoundError(`There is no worldline "${id}".`);
    return line;
  }

  #findLine(reference: string): Line | undefined {
    const { graph, own } = this.#store;
    const byId = graph.lines.get(reference);
    if (byId !== undefined) return byId;
    const named = [...graph.lines.values()].filter((line) => line.name === reference);
    const mine = named.filter((line) => line.journal === own);
    return mine.find((line) => !line.deleted) ?? mine[0] ?? named.sort(latestFirst)[0];
  }

  #findNode(reference: string): Node | undefined {
    const { graph } = this.#store;
    const exact = graph.nodes.get(reference);
    if (exact !== undefined) return exact;
    const line = this.#findLine(reference);
    if (line !== undefined) return this.#head(line);
    if (!/^[0-9a-f]{4,}$/.test(reference)) return undefined;
    const alike = [...graph.nodes.keys()].filter((id) => id.startsWith(reference));
    if (alike.length > 1)
      throw new NotFoundError(`"${reference}" is the beginning of ${alike.length} checkpoints.`);
    return graph.nodes.get(alike[0] ?? '');
  }

  #head(line: Line): Node {
    const head = this.#store.graph.nodes.get(line.head);
    if (head !== undefined) return head;
    throw new NotFoundError(`The head of "${line.name}" is lost. Branch from another of its checkpoints.`);
  }

  async #loadEarlier(): Promise<void> {
    this.#loading ??= this.#earlier
      .load((journal, one) => {
        this.#store.graph.apply(journal, one);
      })
      .finally(() => {
        this.#loading = null;
      });
    await this.#loading;
  }

  #emit(event: SessionEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

const NOTHING: Restored = { lost: [], notes: [] };

function latestFirst(a: Line, b: Line): number {
  return a.journal === b.journal ? b.created - a.created : a.journal < b.journal ? 1 : -1;
}
