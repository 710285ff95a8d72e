import type { WorldlineSummary } from '../../contract.js';
import { StoreRemovedError, WorldlineError } from '../errors.js';
import { isBlank, type Line, type Node } from '../graph/Graph.js';
import { kernelOf } from '../journal/EarlierJournals.js';
import type { JournalRecord } from '../journal/records.js';
import { liveKernels } from '../store/liveness.js';
import type { Restored, SessionEvent } from '../types.js';
import { newId } from './commitCell.js';
import { bringOver } from './links.js';
import { moveLive } from './moveLive.js';
import { checkedName, freeName } from './names.js';
import { SessionReader } from './SessionReader.js';
import { stepsBack } from './stepsBack.js';
import { record } from './Store.js';

/** A worldline that became active, or whose head was moved. */
export interface Moved {
  readonly worldline: WorldlineSummary;
  /** What came of putting its state in place; nothing where it was in place already. */
  readonly restored: Restored;
}
const IN_PLACE: Restored = { lost: [], notes: [] };

/** What makes, names and moves the worldlines of a session, and which of them is active. */
export class SessionWorldlines extends SessionReader {
  readonly #listeners = new Set<(event: SessionEvent) => void>();

  /** The id of the active worldline. */
  get activeWorldline(): string {
    return this.activeId;
  }
  get active(): WorldlineSummary {
    return this.summary(this.lookup.knownLine(this.activeId));
  }

  /** What is to be said where the store was taken away while this kernel runs; null where it is there. */
  get removed(): StoreRemovedError | null {
    return this.store.journal.removed ? new StoreRemovedError(this.store.folder.path) : null;
  }

  subscribe(listener: (event: SessionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A new worldline on an existing checkpoint, by default on the active worldline's head, beside the active one. */
  async branch(name: string, from = this.activeId): Promise<WorldlineSummary> {
    return this.changed(await this.#newLine(this.freshName(name), await this.lookup.node(from), null));
  }

  /** The same, and it becomes active. Where it cannot be opened, it is taken off the list again. */
  async branchOff(name: string, from = this.activeId): Promise<Moved> {
    const line = await this.#newLine(this.freshName(name), await this.lookup.node(from), null);
    return this.#enterNew(line);
  }

  /** Opens a worldline and makes it the one in which the next cell runs. */
  async switch(worldline: string): Promise<Moved> {
    const line = await this.lookup.line(worldline);
    if (!this.lookup.isOwn(line)) return this.resume(line.id);
    if (line.deleted)
      throw new WorldlineError(`"${line.name}" was deleted: %resume ${line.name} brings it back.`);
    return this.#enter(line);
  }

  /** Goes on with a worldline of an earlier run, or with a deleted one, and makes it active. */
  async resume(worldline: string): Promise<Moved> {
    const line = await this.lookup.resumable(worldline);
    if (this.lookup.isOwn(line)) return this.#enter(line);
    // Nothing was done in it: the earlier worldline takes its name and its place.
    const blank = this.lookup.own().find((one) => one.name === line.name && !one.deleted && one.cells === 0);
    const name = freeName(line.name, (one) => this.lookup.alike(one, blank) !== undefined);
    await this.#leaveBlank();
    const moved = await this.#enterNew(await this.#newLine(name, this.lookup.head(line), line.id));
    if (blank !== undefined) {
      this.#delete(blank, true);
      await this.opened.close(blank.id);
    }
    if (line.running !== null) this.store.notes.push(whatIsLost(line.running, this.lookup.head(line)));
    return moved;
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
    this.write({ t: 'rename', worldline: line.id, name: this.freshName(name, line) });
    return this.changed(line);
  }

  /** Takes a worldline off the list, or brings it back. All of it stays until clean-up, and what others share after. */
  async delete(worldline: string, restore = false): Promise<WorldlineSummary> {
    const line = await this.lookup.line(worldline);
    if (restore) return this.#restore(line);
    if (line.id === this.activeId)
      throw new WorldlineError('This worldline is active. Switch to another one before you delete it.');
    if (!this.lookup.isOwn(line)) await this.#refuseInUse(line);
    const summary = this.#delete(line, true);
    await this.opened.close(line.id);
    return summary;
  }

  /** A name as it is kept. Throws where none can be called so, or another one is: `renamed` may be called so already. */
  protected freshName(name: string, renamed?: Line): string {
    const checked = checkedName(name, (one) => this.lookup.alike(one, renamed)?.name);
    if (this.lookup.isShownId(checked))
      throw new WorldlineError(
        `"${name}" is a checkpoint. Choose another name; %branch NAME --from ${name} begins there.`,
      );
    return checked;
  }

  /** Opens a worldline and makes it active. One that cannot be opened leaves all as it was. */
  async #enter(line: Line): Promise<Moved> {
    const wasOpen = this.opened.ids.has(line.id);
    const { restored } = await this.opened.open(line);
    if (line.deleted) this.#restore(line);
    this.write({ t: 'active', worldline: line.id });
    this.activeId = line.id;
    this.emit({ kind: 'active', worldline: line.id });
    return { worldline: this.summary(line), restored: wasOpen ? IN_PLACE : restored };
  }

  /** What was started ahead for a blank worldline is there for the next one that is opened; it opens again where it is used. */
  async #leaveBlank(): Promise<void> {
    const active = this.lookup.knownLine(this.activeId);
    if (!isBlank(active) || (await this.opened.ifOpen(active.id))?.unsaved === true) return;
    await this.opened.close(active.id);
  }

  async #enterNew(line: Line): Promise<Moved> {
    this.changed(line);
    try {
      return await this.#enter(line);
    } catch (error) {
      this.#delete(line, true);
      await this.opened.close(line.id);
      throw error;
    }
  }

  async #move(line: Line, to: Node): Promise<Moved> {
    if (this.removed !== null) throw this.removed;
    // The active one is there to be worked in: if it cannot be brought there, it stays where it is.
    const live = await (line.id === this.activeId ? this.opened.live(line) : this.opened.ifOpen(line.id));
    await this.#recorded(to);
    const act = async (): Promise<Restored> => {
      await bringOver(this.store, to, line.id);
      const restored = live === undefined ? IN_PLACE : await moveLive(this.store, live, to);
      this.write({ t: 'head', worldline: line.id, head: to.record.id });
      await this.store.journal.sync();
      return restored;
    };
    const restored = await (live === undefined ? act() : live.exclusive(act));
    this.emit({ kind: 'head', worldline: line.id, head: line.head });
    return { worldline: this.summary(line), restored };
  }

  async #newLine(name: string, on: Node, continues: string | null): Promise<Line> {
    await this.#recorded(on);
    const id = newId();
    await bringOver(this.store, on, id);
    const { id: head } = on.record;
    this.write({ t: 'worldline', id, name, head, fork: head, continues, created: Date.now() });
    return this.lookup.knownLine(id);
  }

  /** Resolves when the state of a checkpoint can be read from the store. */
  async #recorded(node: Node): Promise<void> {
    const live = await this.opened.ifOpen(node.record.worldline);
    await live?.recorded;
    await this.lookup.untilSaved(node);
  }

  /** What a kernel goes on to do in a worldline that another one deleted would go with the next clean-up. */
  async #refuseInUse({ name, journal }: Line): Promise<void> {
    if ((await liveKernels(this.store.folder.kernels)).has(kernelOf(journal)))
      throw new WorldlineError(
        `"${name}" is of another kernel of this notebook, which runs: delete it there, or when that kernel has ended.`,
      );
  }

  #delete(line: Line, deleted: boolean): WorldlineSummary {
    this.write({ t: 'delete', worldline: line.id, deleted });
    return this.changed(line);
  }

  /** Its name may have been given to another one meanwhile. */
  #restore(line: Line): WorldlineSummary {
    const name = freeName(line.name, (one) => this.lookup.alike(one, line) !== undefined);
    if (name !== line.name) this.write({ t: 'rename', worldline: line.id, name });
    return this.#delete(line, false);
  }

  protected changed(line: Line): WorldlineSummary {
    const worldline = this.summary(line);
    this.emit({ kind: 'worldline', worldline });
    return worldline;
  }

  protected write(...records: readonly JournalRecord[]): void {
    record(this.store, ...records);
  }

  protected emit(event: SessionEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** Of a cell that ran when its kernel ended: the checkpoints of a run's steps are kept. */
function whatIsLost(title: string, { record }: Node): string {
  const ended = `"${title}" was running when the earlier kernel ended`;
  return record.kind === 'step'
    ? `${ended}: its steps up to "${record.title}" are kept, and what it did after that is lost.`
    : `${ended}; what it did is lost.`;
}
