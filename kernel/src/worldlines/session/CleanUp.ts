import { collect } from '../collect/collect.js';
import { exceeds } from '../collect/exceeds.js';
import { findOrphans, isFolderThere, removeOrphans } from '../collect/orphans.js';
import { leaveWord } from '../store/farewell.js';
import type { Collected, CollectOptions, StoreLimits } from '../types.js';
import type { Lookup } from './Lookup.js';
import type { OpenWorldlines } from './OpenWorldlines.js';
import type { Store } from './Store.js';

/** Milliseconds for which the store of a notebook that is gone is kept at least. */
const ORPHANED = 180 * 86_400_000;
/** Milliseconds that clean-up may look for what is in use while somebody waits for the kernel to end. */
const LAST_LOOK = 1500;

/** Takes out of a store what nobody can want any more, when it is asked to and when the kernel ends. */
export class CleanUp {
  constructor(
    private readonly store: Store,
    private readonly lookup: Lookup,
    private readonly opened: OpenWorldlines,
    private readonly active: () => string,
  ) {}

  /** Checkpoints that are made meanwhile wait. */
  async collect(options: CollectOptions): Promise<Collected> {
    await this.lookup.load();
    this.store.graph.check();
    const work = this.opened.settled().then(async () => {
      const inUse = new Set([...this.opened.ids, this.active()]);
      return collect(this.store, this.lookup.earlier, options, inUse, this.opened.held());
    });
    this.store.gate = work.catch(() => undefined);
    return work;
  }

  /**
   * At the end: where cells ran, and earlier runs left more than the limits allow, it cleans up and leaves word of what
   * went. What takes too long is left to the next end, or to `collect`.
   */
  async keepWithin(limits: StoreLimits): Promise<Collected | null> {
    if (limits.maxAge === undefined && limits.maxBytes === undefined) return null;
    // Until something ran here, the newest of the earlier ones is what the person goes on with.
    if (!this.lookup.own().some(({ cells }) => cells > 0)) return null;
    if (limits.maxAge !== undefined) await this.#removeOrphans(Math.max(limits.maxAge, ORPHANED));
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

  async #removeOrphans(age: number): Promise<void> {
    const { folder } = this.store;
    await removeOrphans(folder.home, (await findOrphans(folder, age)).filter(isFolderThere));
  }
}
