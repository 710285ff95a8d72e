import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import type { LinkResult } from '../../contract.js';
import { unlessAborted } from '../../unlessAborted.js';
import { findOrphans, removeOrphans } from '../collect/orphans.js';
import { WorldlineError } from '../errors.js';
import { dataFolder } from '../exchange/exportWorldline.js';
import { copyFiles, dataBeside, readNotebook } from '../exchange/importNotebook.js';
import { isLinked } from '../graph/Graph.js';
import { listed, summarizeCheckpoint } from '../graph/summaries.js';
import { VariableBlobs } from '../objects/VariableBlobs.js';
import type {
  Collected,
  CollectOptions,
  Commit,
  Host,
  Imported,
  NotebookIdentity,
  OpenWorldline,
  Orphan,
  Part,
  RanCell,
  StoreLimits,
} from '../types.js';
import { CleanUp } from './CleanUp.js';
import { commitCell } from './commitCell.js';
import { freshWorldline } from './freshWorldline.js';
import { linkStore } from './links.js';
import { moveLive } from './moveLive.js';
import { freeName, nameLike } from './names.js';
import { type OpenedStore, openStore } from './openStore.js';
import { SessionWorldlines } from './SessionWorldlines.js';

const REMOVED =
  'The files of this worldline were removed while it was open. They were put in place again as its last checkpoint has them, variables too.';

export interface SessionOptions {
  readonly notebook: NotebookIdentity;
  readonly host: Host;
  /** The folder with the stores of all notebooks. */
  readonly home: string;
}

/**
 * One notebook's worldlines, as one kernel sees them. Every worldline made or resumed here is written by this kernel
 * alone; those of earlier runs are read only, and resuming one goes on with it in a worldline of this run.
 * Worldlines go by id or name, checkpoints by id, its beginning, or the worldline whose head is meant.
 */
export class Session extends SessionWorldlines {
  readonly blobs: VariableBlobs;
  #earlierRuns: number;
  readonly #lock: string;
  readonly #cleanUp: CleanUp;
  #closing = false;

  private constructor(
    { store, runs, lock }: OpenedStore,
    host: Host,
    private readonly path: string,
  ) {
    super(store, host, freshWorldline(store, 'main'));
    this.#lock = lock;
    this.#earlierRuns = runs;
    this.blobs = new VariableBlobs(store.objects);
    this.#cleanUp = new CleanUp(store, this.lookup, this.opened, () => this.activeId);
  }

  static async open({ notebook, host, home }: SessionOptions): Promise<Session> {
    return new Session(await openStore(home, notebook, randomUUID()), host, notebook.path);
  }

  /** Runs of this notebook before this one. */
  get earlierRuns(): number {
    return this.#earlierRuns;
  }

  /** What tells this notebook's store; kept in the notebook's metadata, it finds it again after a move: `link`. */
  get id(): string {
    return this.store.folder.id;
  }

  /** Sentences for the person that came up since the last call: damage set aside, a newer store, a lost cell. */
  takeNotes(): string[] {
    return [...this.store.notes.splice(0), ...this.lookup.takeNotes()];
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
    let live = await this.opened.live(line);
    if (live.removed && this.removed === null) {
      await this.opened.close(line.id);
      live = await this.opened.live(line);
      this.store.notes.push(REMOVED);
    }
    if (live.torn) await live.exclusive(() => moveLive(this.store, live, this.lookup.head(line)));
    await unlessAborted(live.writing > 0 ? live.recorded : Promise.resolve(), signal);
    // A cell may well run without the store; that nothing is kept of it, `commit` says.
    if (this.removed === null) this.write({ t: 'began', worldline: line.id, title: cell.title });
    this.emit({ kind: 'cell-began', worldline: line.id, ...cell });
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
    this.emit({ kind: 'checkpoint', checkpoint: commit.checkpoint });
    this.emit({ kind: 'head', worldline: line.id, head: line.head });
    void commit.saved.then(() => {
      const node = this.store.graph.node(commit.checkpoint.id);
      if (node !== undefined) this.emit({ kind: 'checkpoint', checkpoint: summarizeCheckpoint(node) });
    });
    return commit;
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
  async import(file: string, name?: string): Promise<Imported> {
    const cells = await readNotebook(file);
    const like = nameLike(basename(file, '.ipynb'));
    const free = (): string =>
      freeName(like === '' ? 'imported' : like, (one) => this.lookup.alike(one) !== undefined);
    const id = freshWorldline(this.store, this.freshName(name ?? free()));
    try {
      const notes = await this.#fill(id, cells, dataFolder(file));
      return { worldline: this.changed(this.lookup.knownLine(id)), notes };
    } catch (error) {
      // A part of it would pass for all of it.
      await this.delete(id);
      throw error;
    }
  }

  async #fill(worldline: string, cells: readonly RanCell[], data: string): Promise<readonly string[]> {
    const { place, parts } = await this.open(worldline);
    const { workspace, tables } = dataBeside(data);
    if (workspace !== null) await copyFiles(workspace, place.workspace);
    const notes = tables === null ? [] : await this.host.importTables?.(place, tables);
    await parts.workspaceRestored?.();
    for (const cell of cells) await this.commit(cell, worldline);
    await this.settled();
    return notes ?? [];
  }

  /**
   * Takes in the worldlines of the notebook that this one was renamed, moved or copied from, by its session's id. `known` is
   * what tells the notebook itself from another one in its place; null where it does not know yet.
   */
  async link(session: string, known: string | null = null): Promise<LinkResult> {
    const relation = await linkStore(this.store, session, known);
    await this.lookup.load();
    const notebook = known ?? (await this.lookup.notebook(this.path));
    if (notebook !== this.store.graph.notebookOf(this.store.own)) {
      // It is written with the first cell: a kernel that runs nothing leaves nothing.
      this.store.journal.defer({ t: 'notebook', id: notebook });
      this.store.graph.apply(this.store.own, { t: 'notebook', id: notebook });
    }
    if ((await this.lastEarlier()) === null) this.#earlierRuns = 0;
    const worldlines = listed(this.store.graph, this.store.own).filter((line) =>
      isLinked(line.journal),
    ).length;
    return { session: this.id, notebook, relation, worldlines: relation === 'unknown' ? 0 : worldlines };
  }

  /** Cleans up. Checkpoints that are made meanwhile wait. */
  async collect(options: CollectOptions = {}): Promise<Collected> {
    return this.#cleanUp.collect(options);
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
      return await this.#cleanUp.keepWithin(limits);
    } finally {
      await this.store.index.close();
      await this.lookup.close();
      await this.store.journal.close();
      await rm(this.#lock, { force: true });
    }
  }
}
