import type {
  ArtifactInfo,
  CellRecord,
  Comparison,
  Exported,
  GraphPage,
  RowDifferences,
  SourceHit,
  VariableInfo,
  WorldlineSummary,
} from '../../contract.js';
import { sizesOf } from '../collect/sizes.js';
import { compare } from '../compare/compare.js';
import { withDatabases } from '../compare/withDatabases.js';
import { type NewerStoreError, WorldlineError } from '../errors.js';
import { exportWorldline } from '../exchange/exportWorldline.js';
import { type Graph, isLinked, type Line, type Node } from '../graph/Graph.js';
import { isCell } from '../graph/isCell.js';
import { listed, summarizeCheckpoint, summarizeLine } from '../graph/summaries.js';
import { treeOf } from '../graph/tree.js';
import { whatRan } from '../graph/whatRan.js';
import type { CheckpointRecord } from '../journal/records.js';
import { liveKernels } from '../store/liveness.js';
import type { ExportOptions, Host, StoreSizes, TreeLine } from '../types.js';
import { artifactsOf } from '../workspace/artifacts.js';
import { Lookup } from './Lookup.js';
import { OpenWorldlines } from './OpenWorldlines.js';
import { readCell, readTurns } from './readCell.js';
import { targetOf } from './restoreState.js';
import { searchSources } from './searchSources.js';
import { shownVariables } from './shownVariables.js';
import type { Store } from './Store.js';

/**
 * What can be asked of a session without changing it. Worldlines go by id or name, checkpoints by id, its beginning,
 * or the worldline whose head is meant.
 */
export class SessionReader {
  protected readonly lookup: Lookup;
  protected readonly opened: OpenWorldlines;

  protected constructor(
    protected readonly store: Store,
    protected readonly host: Host,
    protected activeId: string,
  ) {
    this.lookup = new Lookup(store);
    this.opened = new OpenWorldlines(store, host, this.lookup);
  }

  /** Where earlier worldlines of the notebook are out of reach, as a newer version wrote them. */
  get newer(): NewerStoreError | null {
    return this.lookup.newer;
  }

  /** Resolves when the state of every checkpoint so far is in the store, and what was restored is checked. */
  async settled(): Promise<void> {
    await this.opened.settled();
    await this.store.checking;
  }

  async graph(offset: number, count: number): Promise<GraphPage> {
    await this.lookup.load();
    const { graph, own } = this.store;
    return {
      worldlines: listed(graph, own).map((line) => this.summary(line)),
      checkpoints: graph.page(own, offset, count).map(summarizeCheckpoint),
      ...{ total: graph.count, offset },
    };
  }

  /** The checkpoints of a page of the graph whose source has a text, whatever its case. */
  async search(
    text: string,
    offset: number,
    count: number,
  ): Promise<{ hits: readonly SourceHit[]; total: number }> {
    await this.lookup.load();
    const { graph, own } = this.store;
    return {
      hits: await searchSources(this.store, graph.page(own, offset, count), text),
      total: graph.count,
    };
  }

  /** The worldline in which the last of this notebook's earlier runs was when it ended; null where there is none. */
  async lastEarlier(): Promise<WorldlineSummary | null> {
    await this.lookup.load();
    const { graph, own } = this.store;
    const earlier = listed(graph, own).filter(
      (line) => !this.lookup.isOwn(line) && !this.lookup.isForeign(line) && !line.deleted,
    );
    const [last] = earlier.sort((a, b) => laterFirst(graph, a, b));
    return last === undefined ? null : this.summary(last);
  }

  /** What `%worldlines` draws, depth first. */
  async tree(): Promise<TreeLine[]> {
    await this.lookup.load();
    const { graph, own, folder } = this.store;
    return treeOf(graph, own, this.activeId, await liveKernels(folder.kernels));
  }

  async checkpoint(id: string): Promise<CellRecord> {
    return readCell(await this.lookup.node(id), this.store);
  }

  /** The cells from the root to a checkpoint, or the last of them, oldest first; steps of runs are left out. */
  async cells(of = this.activeId, last = Infinity): Promise<CellRecord[]> {
    const cells: Node[] = [];
    for (const node of this.store.graph.ancestry(await this.lookup.node(of))) {
      if (cells.length >= last) break;
      if (isCell(node.record)) cells.push(node);
    }
    return Promise.all(cells.reverse().map((node) => readCell(node, this.store)));
  }

  /** The same with the steps that are left of runs which were taken back in part; the last of all these. */
  async ran(of = this.activeId, last = Infinity): Promise<CellRecord[]> {
    const nodes: Node[] = [];
    for (const node of whatRan(this.store.graph.ancestry(await this.lookup.node(of)))) {
      if (nodes.length >= last) break;
      nodes.push(node);
    }
    return Promise.all(nodes.reverse().map((node) => readCell(node, this.store)));
  }

  /** All conversation turns from the root to a checkpoint; of a run that was taken back in part, those of what is left. */
  async conversation(of = this.activeId): Promise<unknown[]> {
    const runs = new Set<string>();
    const turns: Promise<readonly unknown[]>[] = [];
    for (const node of this.store.graph.ancestry(await this.lookup.node(of))) {
      const { id, run } = node.record;
      if (runs.has(run?.checkpoint ?? id)) continue;
      runs.add(run?.checkpoint ?? id);
      turns.push(run === undefined ? readTurns(node, this.store) : this.#turnsOfStep(run));
    }
    return (await Promise.all(turns.reverse())).flat();
  }

  async #turnsOfStep({
    checkpoint,
    step,
  }: NonNullable<CheckpointRecord['run']>): Promise<readonly unknown[]> {
    const whole = this.store.graph.node(checkpoint);
    if (whole === undefined) return [];
    return this.host.turnsUpTo?.(await readTurns(whole, this.store), step) ?? [];
  }

  /** The files of a checkpoint's workspace. */
  async artifacts(of = this.activeId): Promise<ArtifactInfo[]> {
    return artifactsOf(this.store, await this.lookup.node(of));
  }

  /** The variables as a checkpoint keeps them. */
  async variables(of = this.activeId): Promise<readonly VariableInfo[]> {
    return shownVariables(this.store, targetOf(this.store, await this.lookup.node(of)).state);
  }

  /** `exact` also compares the rows of large databases, which have to be put together for it. */
  async compare(a: string, b = this.activeId, exact = false): Promise<Comparison> {
    const [left, right] = [await this.lookup.node(a), await this.lookup.node(b)];
    await this.settled();
    return compare(this.store, this.host, left, right, exact);
  }

  /** The first rows of a table that only one of two checkpoints has. */
  async compareRows(a: string, b: string, table: string, count: number): Promise<RowDifferences> {
    const differences = this.host.rowDifferences?.bind(this.host);
    if (differences === undefined) throw new WorldlineError('Rows cannot be compared without a database.');
    const [left, right] = [await this.lookup.node(a), await this.lookup.node(b)];
    await this.settled();
    const [from, to] = [
      targetOf(this.store, left).state.database,
      targetOf(this.store, right).state.database,
    ];
    return withDatabases(this.store, from, to, (fileA, fileB) => differences(fileA, fileB, table, count));
  }

  /** Writes a worldline as a notebook or, by the file's ending, as a report. */
  async export(worldline: string, file: string, options: ExportOptions = {}): Promise<Exported> {
    const head = await this.lookup.node(worldline);
    await this.settled();
    return exportWorldline(this.store, this.host, head, file, options);
  }

  async sizes(): Promise<StoreSizes> {
    return sizesOf(this.store.folder);
  }

  protected summary(line: Line): WorldlineSummary {
    return summarizeLine(line, this.store.graph.lines, this.store.own, this.activeId);
  }
}

/** Later runs come first, whatever their clock said, and those of the notebook itself before those that it came from. */
function laterFirst(graph: Graph, a: Line, b: Line): number {
  const [linkedA, linkedB] = [isLinked(a.journal), isLinked(b.journal)];
  if (linkedA !== linkedB) return linkedA ? 1 : -1;
  if (a.journal !== b.journal && !linkedA) return a.journal < b.journal ? 1 : -1;
  const active = a.journal === b.journal ? Number(graph.wasActive(b)) - Number(graph.wasActive(a)) : 0;
  return active || b.lastUsed - a.lastUsed || b.created - a.created;
}
