import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import type { LinkResult, WorldlineSummary } from '../../contract.js';
import { unlessAborted } from '../../unlessAborted.js';
import { collect } from '../collect/collect.js';
import { exceeds } from '../collect/exceeds.js';
import { findOrphans, isFolderThere, removeOrphans } from '../collect/orphans.js';
import { WorldlineError } from '../errors.js';
import { dataFolder } from '../exchange/exportWorldline.js';
import { copyFiles, dataBeside, readNotebook } from '../exchange/importNotebook.js';
import { isLinked, type Line, type Node } from '../graph/Graph.js';
import { listed, summarizeCheckpoint } from '../graph/summaries.js';
import { kernelOf } from '../journal/EarlierJournals.js';
import type { JournalRecord } from '../journal/records.js';
import { VariableBlobs } from '../objects/VariableBlobs.js';
import { leaveWord } from '../store/farewell.js';
import { liveKernels } from '../store/liveness.js';
import type {
  Collected,
  CollectOptions,
  Commit,
  Host,
  NotebookIdentity,
  OpenWorldline,
  Orphan,
  Part,
  RanCell,
  Restored,
  SessionEvent,
  StoreLimits,
} from '../types.js';
import { commitCell, newId } from './commitCell.js';
import { freshWorldline } from './freshWorldline.js';
import { bringOver, linkStore } from './links.js';
import { moveLive } from './moveLive.js';
import { checkName, freeName, nameLike } from './names.js';
import { type OpenedStore, openStore } from './openStore.js';
import { stepsBack } from './stepsBack.js';
import { record } from './Store.js';
import { SessionReader } from './SessionReader.js';

/** Milliseconds for which the store of a notebook that is gone is kept at least. */
const ORPHANED = 180 * 86_400_000;
/** Milliseconds that clean-up may look for what is in use while somebody waits for the kernel to end. */
const LAST_LOOK = 1500;

export interface SessionOptions {
  readonly notebook: NotebookIdentity;
  readonly host: Host;
  /** The folder with the stores of all notebooks. */
  readonly home: string;
}
/** A worldline after its head was moved. */
export interface Moved {
  readonly worldline: WorldlineSummary;
  readonly restored: Restored;
}

/**
 * One notebook's worldlines, as one kernel sees them. Every worldline made or resumed here is written by this kernel
 * alone; those of earlier runs are read only, and resuming one goes on with it in a worldline of this run.
 * Worldlines go by id or name, checkpoints by id, its beginning, or the worldline whose head is meant.
 */
export class Session extends SessionReader {
  readonly blobs: VariableBlobs;
  /** Runs of this notebook before this one. */
  readonly earlierRuns: number;
  readonly #lock: string;
  readonly #listeners = new Set<(event: SessionEvent) => void>();
  #closing = false;

  private constructor({ store, runs, lock }: OpenedStore, host: Host) {
    super(store, host, freshWorldline(store, 'main'));
    this.#lock = lock;
    this.earlierRuns = runs;
    this.blobs = new VariableBlobs(store.objects);
  }

  static async open({ notebook, host, home }: SessionOptions): Promise<Session> {
    return new Session(await openStore(home, notebook, randomUUID()), host);
  }

  /** What tells this notebook's store; kept in the notebook's metadata, it finds it again after a move: `link`. */
  get id(): string {
    return this.store.folder.id;
  }
  /** The id of the active worldline. */
  get activeWorldline(): string {
    return this.activeId;
  }
  get active(): WorldlineSummary {
    return this.summary(this.lookup.knownLine(this.activeId));
  }

  /** Sentences for the person that came up since the last call: damage set aside, a newer store, a lost cell. */
  takeNotes(): string[] {
    return [...this.store.notes.splice(0), ...this.lookup.takeNotes()];
  }

  subscribe(listener: (event: SessionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Opens a worldline, or gives the open one: its files are put in place, and its parts made. */
  async open(worldline = this.activeId): Promise<OpenWorldline> {
    return this.opened.open(await this.lookup.line(worldline));
  }

  /**
   * Call before a cell runs. It mends what an earlier failure left half-done, waits until a kill would not cost the state
   * before it, however long that takes, and notes that the cell began. Rejects where the signal aborts meanwhile.
   */
  async begin(
    cell: { title: string; cellId: string | null },
    signal?: AbortSignal,
    worldline = this.activeId,
  ): Promise<void> {
    const line = await this.lookup.line(worldline);
    const live = await this.opened.live(line);
    if (live.torn) await live.exclusive(() => moveLive(this.store, live, this.lookup.head(line)));
    await unlessAborted(live.writing > 0 ? live.recorded : Promise.resolve(), signal);
    this.#write({ t: 'began', worldline: line.id, title: cell.title });
    this.#emit({ kind: 'cell-began', worldline: line.id, ...cell });
  }

  /** Resolves when the last checkpoint has its copy of a part, so that the part may change again. */
  async ready(part: Exclude<Part, 'variables'>, worldline = this.activeId): Promise<void> {
    const live = await this.opened.ifOpen(this.lookup.knownLine(worldline).id);
    await live?.ready(part);
  }

  /**
   * Makes a checkpoint of a cell that ran. Throws StoreWriteError where it could not be written, WorldlineError where the
   * session closes already: it would open again what is being closed.
   */
  async commit(cell: RanCell, worldline = this.activeId): Promise<Commit> {
    if (this.#closing) throw new WorldlineError('The kernel ended before the cell did.');
    const line = this.lookup.knownLine(worldline);
    const live = await this.opened.live(line);
    const commit = await live.exclusive(() => commitCell(this.store, line, live, cell));
    this.#emit({ kind: 'checkpoint', checkpoint: commit.checkpoint });
    this.#emit({ kind: 'head', worldline: line.id, head: line.head });
    void commit.saved.then(() => {
      const node = this.store.graph.node(commit.checkpoint.id);
      if (node !== undefined) this.#emit({ kind: 'checkpoint', checkpoint: summarizeCheckpoint(node) });
    });
    return commit;
  }

  /** A new worldline on an existing checkpoint; by default on the active worldline's head. */
  async branch(name: string, from = this.activeId): Promise<WorldlineSummary> {
    this.#checkName(name);
    return this.#newLine(name, await this.lookup.node(from), null);
  }

  /** Makes a worldline the one in which the next cell runs. It is opened by `open` or the next cell. */
  async switch(worldline: string): Promise<WorldlineSummary> {
    const line = await this.lookup.line(worldline);
    if (!this.lookup.isOwn(line)) return this.resume(line.id);
    if (line.deleted)
      throw new WorldlineError(`"${line.name}" was deleted: %resume ${line.name} brings it back.`);
    return this.#setActive(line);
  }

  /** Goes on with a worldline of an earlier run, or with a deleted one, and makes it active. */
  async resume(worldline: string): Promise<WorldlineSummary> {
    const line = await this.lookup.resumable(worldline);
    if (this.lookup.isOwn(line)) {
      if (line.deleted) this.#delete(line, false);
      return this.#setActive(line);
    }
    if (line.running !== null) {
      this.store.notes.push(
        `"${line.running}" was running when the earlier kernel ended; what it did is lost.`,
      );
    }
    const blank = this.lookup.own().find((one) => one.name === line.name && !one.deleted && one.cells === 0);
    if (blank !== undefined) this.#delete(blank, true);
    const name = freeName(line.name, this.lookup.isTaken);
    const { id } = await this.#newLine(name, this.lookup.head(line), line.id);
    const active = this.#setActive(this.lookup.knownLine(id));
    // Nothing was done in it: the earlier worldline takes its name and its place.
    if (blank !== undefined) await this.opened.close(blank.id);
    return active;
  }

  /** Moves a worldline back by some cells or steps, or to a checkpoint. The later checkpoints remain. */
  async undo(
    { to, ...back }: { cells?: number; steps?: number; to?: string } = {},
    worldline = this.activeId,
  ): Promise<Moved> {
    const line = this.lookup.knownLine(worldline);
    const head = this.lookup.head(line);
    return this.#move(
      line,
      to === undefined ? stepsBack(this.store.graph, head, back) : await this.lookup.node(to),
    );
  }

  /** Gives the active worldline the state and history of another's head; null where it has them already. */
  async adopt(worldline: string): Promise<Moved | null> {
    const active = this.lookup.knownLine(this.activeId);
    const head = this.lookup.head(await this.lookup.line(worldline));
    return head.record.id === active.head ? null : this.#move(active, head);
  }

  async rename(worldline: string, name: string): Promise<WorldlineSummary> {
    const line = await this.lookup.line(worldline);
    if (name !== line.name) this.#checkName(name);
    this.#write({ t: 'rename', worldline: line.id, name });
    return this.#changed(line);
  }

  /** Takes a worldline off the list, or brings it back. All of it stays until clean-up, and what others share after. */
  async delete(worldline: string, restore = false): Promise<WorldlineSummary> {
    const line = await this.lookup.line(worldline);
    if (line.id === this.activeId && !restore) {
      throw new WorldlineError('This worldline is active. Switch to another one before you delete it.');
    }
    if (!restore && !this.lookup.isOwn(line)) await this.#refuseInUse(line);
    const summary = this.#delete(line, !restore);
    if (!restore) await this.opened.close(line.id);
    return summary;
  }

  /** Stops the processes of a worldline that is not the active one; opening it again brings all of it back. */
  async release(worldline: string): Promise<void> {
    const { id } = this.lookup.knownLine(worldline);
    if (id !== this.activeId) await this.opened.close(id);
  }

  /**
   * Makes a worldline of a notebook file, with the data beside it if there is any. It does not become active. By default
   * it is called like the file.
   */
  async import(file: string, name?: string): Promise<WorldlineSummary> {
    const cells = await readNotebook(file);
    const like = nameLike(basename(file, '.ipynb'));
    const called = name ?? freeName(like === '' ? 'imported' : like, this.lookup.isTaken);
    this.#checkName(called);
    const id = freshWorldline(this.store, called);
    try {
      await this.#fill(id, cells, dataFolder(file));
    } catch (error) {
      // A part of it would pass for all of it.
      await this.delete(id);
      throw error;
    }
    return this.#changed(this.lookup.knownLine(id));
  }

  async #fill(worldline: string, cells: readonly RanCell[], data: string): Promise<void> {
    const { place, parts } = await this.open(worldline);
    const { workspace, tables } = dataBeside(data);
    if (workspace !== null) await copyFiles(workspace, place.workspace);
    if (tables !== null) await this.host.importTables?.(place, tables);
    await parts.workspaceRestored?.();
    for (const cell of cells) await this.commit(cell, worldline);
    await this.settled();
  }

  /** Takes in the worldlines of the notebook that this one was renamed, moved or copied from, by its session's id. */
  async link(session: string): Promise<LinkResult> {
    const relation = await linkStore(this.store, session);
    await this.lookup.load();
    const worldlines = listed(this.store.graph, this.store.own).filter((line) =>
      isLinked(line.journal),
    ).length;
    return { session: this.id, relation, worldlines: relation === 'unknown' ? 0 : worldlines };
  }

  /** Cleans up. Checkpoints that are made meanwhile wait. */
  async collect(options: CollectOptions = {}): Promise<Collected> {
    await this.lookup.load();
    this.store.graph.check();
    const work = this.opened.settled().then(async () => {
      const inUse = new Set([...this.opened.ids, this.activeId]);
      return collect(this.store, this.lookup.earlier, options, inUse, this.opened.held());
    });
    this.store.gate = work.catch(() => undefined);
    return work;
  }

  /** Stores of notebooks that are no longer where they were, whose worldlines nobody can get to from here. */
  async orphans(): Promise<Orphan[]> {
    return findOrphans(this.store.folder);
  }

  async removeOrphans(orphans: readonly Orphan[]): Promise<void> {
    await removeOrphans(this.store.folder.home, orphans);
  }

  /**
   * Saves what is under way, stops the parts of every open worldline and removes their live files. Where cells ran, and
   * earlier runs left more than the limits allow, it cleans up and says what went.
   */
  async close(limits: StoreLimits = {}): Promise<Collected | null> {
    this.#closing = true;
    await this.opened.closeAll();
    try {
      return await this.#keepWithin(limits);
    } finally {
      await this.store.index.close();
      await this.lookup.close();
      await this.store.journal.close();
      await rm(this.#lock, { force: true });
    }
  }

  /** What takes too long here is left to the next end, or to `collect`. */
  async #keepWithin(limits: StoreLimits): Promise<Collected | null> {
    if (limits.maxAge === undefined && limits.maxBytes === undefined) return null;
    // Until something ran here, the newest of the earlier ones is what the person goes on with.
    if (!this.lookup.own().some(({ cells }) => cells > 0)) return null;
    if (limits.maxAge !== undefined) await this.#removeOld(Math.max(limits.maxAge, ORPHANED));
    await this.lookup.load();
    if (!(await exceeds(this.store, limits))) return null;
    const signal = AbortSignal.timeout(LAST_LOOK);
    try {
      const cleaned = await this.collect({ ...limits, keepDeleted: true, signal });
      await leaveWord(this.store.folder, cleaned.worldlines.length);
      return cleaned;
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    }
  }

  /** What a kernel goes on to do in a worldline that another one deleted would go with the next clean-up. */
  async #refuseInUse({ name, journal }: Line): Promise<void> {
    if ((await liveKernels(this.store.folder.kernels)).has(kernelOf(journal)))
      throw new WorldlineError(
        `"${name}" is of another kernel of this notebook, which runs: delete it there, or when that kernel has ended.`,
      );
  }

  async #removeOld(age: number): Promise<void> {
    await this.removeOrphans((await findOrphans(this.store.folder, age)).filter(isFolderThere));
  }

  async #move(line: Line, to: Node): Promise<Moved> {
    const live = await this.opened.ifOpen(line.id);
    await (
      await this.opened.ifOpen(to.record.worldline)
    )?.recorded;
    const act = async (): Promise<Restored> => {
      await bringOver(this.store, to, line.id);
      const restored = live === undefined ? { lost: [], notes: [] } : await moveLive(this.store, live, to);
      this.#write({ t: 'head', worldline: line.id, head: to.record.id });
      await this.store.journal.sync();
      return restored;
    };
    const restored = await (live === undefined ? act() : live.exclusive(act));
    this.#emit({ kind: 'head', worldline: line.id, head: line.head });
    return { worldline: this.summary(line), restored };
  }

  async #newLine(name: string, on: Node, continues: string | null): Promise<WorldlineSummary> {
    await (
      await this.opened.ifOpen(on.record.worldline)
    )?.recorded;
    const id = newId();
    await bringOver(this.store, on, id);
    const { id: head } = on.record;
    this.#write({ t: 'worldline', id, name, head, fork: head, continues, created: Date.now() });
    return this.#changed(this.lookup.knownLine(id));
  }

  #checkName(name: string): void {
    checkName(name, this.lookup.isTaken);
    if (this.lookup.isShownId(name))
      throw new WorldlineError(
        `"${name}" is a checkpoint. Choose another name; %branch NAME --from ${name} begins there.`,
      );
  }

  #setActive(line: Line): WorldlineSummary {
    this.activeId = line.id;
    this.#write({ t: 'active', worldline: line.id });
    this.#emit({ kind: 'active', worldline: line.id });
    return this.summary(line);
  }

  #delete(line: Line, deleted: boolean): WorldlineSummary {
    this.#write({ t: 'delete', worldline: line.id, deleted });
    return this.#changed(line);
  }

  #changed(line: Line): WorldlineSummary {
    const worldline = this.summary(line);
    this.#emit({ kind: 'worldline', worldline });
    return worldline;
  }

  #write(...records: readonly JournalRecord[]): void {
    record(this.store, ...records);
  }

  #emit(event: SessionEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
