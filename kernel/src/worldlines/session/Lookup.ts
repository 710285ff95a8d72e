import { setTimeout } from 'node:timers/promises';
import { type NewerStoreError, NotFoundError, WorldlineError } from '../errors.js';
import { isBlank, isLinked, type Line, type Node } from '../graph/Graph.js';
import { listed } from '../graph/summaries.js';
import { EarlierJournals, kernelOf } from '../journal/EarlierJournals.js';
import { fileId } from '../store/fileId.js';
import { liveKernels } from '../store/liveness.js';
import { newId } from './commitCell.js';
import { isGoneOnFrom, linkedStores } from './links.js';
import { asName, folded } from './names.js';
import type { Store } from './Store.js';

/** Milliseconds that another kernel may take to save a state, and between two looks whether it has. */
const [PATIENCE, LOOK_AGAIN] = [20_000, 50];
/** Worldlines that an error names. */
const NAMED = 10;

/** Finds worldlines and checkpoints by what a person or a front end calls them. Earlier runs are read when needed. */
export class Lookup {
  readonly earlier: EarlierJournals;
  readonly #linked = new Map<string, EarlierJournals>();
  #loading: Promise<void> | null = null;

  constructor(private readonly store: Store) {
    this.earlier = new EarlierJournals(store.folder, store.own);
  }

  /** Where earlier worldlines of the notebook are out of reach, as a newer version wrote them. */
  get newer(): NewerStoreError | null {
    return this.store.newer ?? this.earlier.newer;
  }

  /** A worldline by id or name: of this run first, else the latest of that name. Throws NotFoundError. */
  async line(reference: string): Promise<Line> {
    const known = this.#findLine(reference);
    if (known !== undefined) return known;
    await this.load();
    return this.knownLine(reference);
  }

  /** What a person means to go on with: a deleted worldline of this run, else the latest earlier one, else one of this run. */
  async resumable(reference: string): Promise<Line> {
    await this.load();
    const { lines } = this.store.graph;
    const name = asName(reference);
    const named = [...lines.values()].filter((line) => line.name === name);
    const deleted = named.find((line) => this.isOwn(line) && line.deleted && line.cells > 0);
    const earlier = this.#meant(
      named.filter((line) => !this.isOwn(line)),
      fullFirst,
    );
    return lines.get(reference) ?? deleted ?? earlier ?? this.knownLine(reference);
  }

  /** As `line`, among what was read so far. */
  knownLine(reference: string): Line {
    const line = this.#findLine(reference);
    if (line !== undefined) return line;
    throw new NotFoundError(`There is no worldline "${reference}". ${this.#whatThereIs(reference)}`);
  }

  /** A checkpoint by its id, the beginning of it, or a worldline whose head is meant. Throws NotFoundError. */
  async node(reference: string): Promise<Node> {
    const known = this.#findNode(reference);
    if (known !== undefined) return known;
    await this.load();
    const node = this.#findNode(reference);
    if (node !== undefined) return node;
    throw new NotFoundError(
      `There is no checkpoint or worldline "${reference}". ${this.#whatThereIs(reference)}`,
    );
  }

  /** Whether it is what people are shown of a checkpoint's id: as a name, it would hide that. */
  isShownId(text: string): boolean {
    if (!/^[0-9a-f]{8}/.test(text)) return false;
    for (const id of this.store.graph.ids()) if (id.startsWith(text)) return true;
    return false;
  }

  /** The head of a worldline; where its record was lost, the newest of its checkpoints that is left. */
  head(line: Line): Node {
    const { graph } = this.store;
    const head =
      graph.node(line.head) ??
      [...graph.nodes()].reverse().find((node) => node.record.worldline === line.id) ??
      graph.node(line.fork ?? '');
    if (head !== undefined) return head;
    throw new NotFoundError(`Nothing is left of "${line.name}".`);
  }

  /** Worldlines of this kernel. */
  own(): Line[] {
    return [...this.store.graph.lines.values()].filter((line) => this.isOwn(line));
  }

  /** The worldline of this kernel that has a name, or one that differs from it only in case; `but` is passed over. */
  alike(name: string, but?: Line): Line | undefined {
    const wanted = folded(name);
    let found: Line | undefined;
    for (const line of this.store.graph.lines.values()) {
      if (line === but || line.deleted || !this.isOwn(line) || folded(line.name) !== wanted) continue;
      if (line.name === name) return line;
      found = line;
    }
    return found;
  }

  isOwn(line: Line): boolean {
    return line.journal === this.store.own;
  }

  /** Whether it is of another notebook, which was in this one's place, or is there by now. */
  isForeign({ journal }: Line): boolean {
    return this.store.graph.areApart(journal, this.store.own);
  }

  /** Reads what other kernels wrote since the last time; of this notebook, and of the ones that it came from. */
  async load(): Promise<void> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = null;
    });
    await this.#loading;
  }

  /**
   * The id of a notebook that does not know it, as it was not saved since it was given one: by its file, which another kernel may
   * have open as well. Where that is new, it is that of the last earlier run, unless that run goes on or another notebook
   * went on from here: then this one came into its place.
   */
  async notebook(path: string): Promise<string> {
    const { graph, own, folder } = this.store;
    const mine = graph.notebookOf(own);
    if (mine !== undefined) return mine;
    const byFile = (await fileId(path)) ?? newId();
    const names = await this.earlier.names();
    if (names.some((name) => graph.notebookOf(name) === byFile)) return byFile;
    const last = names.findLast((name) => graph.notebookOf(name) !== undefined) ?? '';
    const isTaken = (await liveKernels(folder.kernels)).has(kernelOf(last)) || (await isGoneOnFrom(folder));
    return (isTaken ? undefined : graph.notebookOf(last)) ?? byFile;
  }

  /**
   * Waits for the state of a checkpoint that another kernel is still saving. Throws a WorldlineError where that takes too long:
   * what was before it would pass for it.
   */
  async untilSaved({ record: { id, kind }, journal }: Node): Promise<void> {
    if (kind === 'root' || journal === this.store.own || isLinked(journal)) return;
    const tooLong = AbortSignal.timeout(PATIENCE);
    while (this.store.graph.node(id)?.saved === null) {
      if (!(await liveKernels(this.store.folder.kernels)).has(kernelOf(journal))) return;
      if (tooLong.aborted)
        throw new WorldlineError(
          'Another kernel of this notebook, which runs, is still saving what its last cell left. Try again when it is done, or go on from an earlier checkpoint: %branch NAME --from CHECKPOINT.',
        );
      await setTimeout(LOOK_AGAIN);
      await this.load();
    }
  }

  /** Ends what reads journals in the background. */
  async close(): Promise<void> {
    await this.earlier.indexed();
    this.store.graph.close();
  }

  takeNotes(): string[] {
    return [this.earlier, ...this.#linked.values()].flatMap((journals) => journals.notes.splice(0));
  }

  /** The notebook's own first: what it has copied from others is not taken from them again. */
  async #load(): Promise<void> {
    await this.earlier.load(this.store.graph);
    for (const folder of await linkedStores(this.store)) {
      const known = this.#linked.get(folder.id);
      const journals = known ?? new EarlierJournals(folder, '', `!${folder.id} `);
      this.#linked.set(folder.id, journals);
      await journals.load(this.store.graph);
    }
  }

  /** Where the one that was meant may be. */
  #whatThereIs(reference: string): string {
    const newer = this.newer === null ? '' : ` ${this.newer.message}`;
    return `${this.#namesLike(reference)}%worldlines lists them.${newer}`;
  }

  /** The names of a few worldlines of this run, as the one that was meant may be among them. */
  #namesLike(reference: string): string {
    const alike = this.alike(reference);
    if (alike !== undefined) return `Here is ${alike.name}. `;
    const names = this.own().flatMap(({ name, deleted }) => (deleted ? [] : [name]));
    return names.length === 0 || names.length > NAMED ? '' : `Here: ${names.join(', ')}. `;
  }

  #findLine(reference: string): Line | undefined {
    const { lines } = this.store.graph;
    const byId = lines.get(reference);
    if (byId !== undefined) return byId;
    const name = asName(reference);
    const named = [...lines.values()].filter((line) => line.name === name);
    const mine = named.filter((line) => this.isOwn(line));
    return mine.find((line) => !line.deleted) ?? mine[0] ?? this.#meant(named, listedFirst);
  }

  /** Of those with one name: of this notebook rather than of another, and the one that went on rather than what it goes on from. */
  #meant(lines: readonly Line[], order: (a: Line, b: Line) => number): Line | undefined {
    if (lines.length < 2) return lines[0];
    const shown = new Set(listed(this.store.graph, this.store.own));
    const last = (line: Line): number => 2 * Number(this.isForeign(line)) + Number(!shown.has(line));
    return [...lines].sort((a, b) => last(a) - last(b) || order(a, b))[0];
  }

  #findNode(reference: string): Node | undefined {
    const { graph } = this.store;
    const exact = graph.node(reference);
    if (exact !== undefined) return exact;
    const line = this.#findLine(reference);
    if (line !== undefined) return this.head(line);
    if (!/^[0-9a-f]{4,}$/.test(reference)) return undefined;
    const alike = [...graph.ids()].filter((id) => id.startsWith(reference));
    if (alike.length > 1) {
      throw new NotFoundError(`"${reference}" begins ${alike.length} checkpoints' ids: type more of it.`);
    }
    return graph.node(alike[0] ?? '');
  }
}

/** Those that are on the list come before those that were deleted. */
function listedFirst(a: Line, b: Line): number {
  return Number(a.deleted) - Number(b.deleted) || fullFirst(a, b);
}

/** Every kernel begins with an empty worldline, which may have stayed empty: nobody means that one. */
function fullFirst(a: Line, b: Line): number {
  return Number(isBlank(a)) - Number(isBlank(b)) || latestFirst(a, b);
}

function latestFirst(a: Line, b: Line): number {
  return a.journal === b.journal ? b.created - a.created : a.journal < b.journal ? 1 : -1;
}
