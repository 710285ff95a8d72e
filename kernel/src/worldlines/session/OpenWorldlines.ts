import { WorldlineError } from '../errors.js';
import type { Held } from '../collect/refs.js';
import type { Line } from '../graph/Graph.js';
import type { Host, OpenWorldline } from '../types.js';
import type { Live } from './Live.js';
import type { Lookup } from './Lookup.js';
import { openLive, removeLive } from './openLive.js';
import type { Store } from './Store.js';

/** The worldlines whose files are in place and whose parts are made. */
export class OpenWorldlines {
  readonly #lives = new Map<string, Live>();
  readonly #opening = new Map<string, Promise<OpenWorldline>>();
  readonly #closing = new Map<string, Promise<void>>();

  constructor(
    private readonly store: Store,
    private readonly host: Host,
    private readonly lookup: Lookup,
  ) {}

  get ids(): Set<string> {
    return new Set(this.#opening.keys());
  }

  /** Opens a worldline, or gives the open one; a call that comes while it opens waits for it. */
  async open(line: Line): Promise<OpenWorldline> {
    const pending = this.#opening.get(line.id);
    if (pending !== undefined) return pending;
    if (!this.lookup.isOwn(line)) {
      throw new WorldlineError(`"${line.name}" is of an earlier run: %resume ${line.name} goes on with it.`);
    }
    const opening = this.#open(line);
    this.#opening.set(line.id, opening);
    opening.catch(() => this.#opening.delete(line.id));
    return opening;
  }

  async live(line: Line): Promise<Live> {
    await this.open(line);
    const live = this.#lives.get(line.id);
    if (live === undefined)
      throw new WorldlineError('This worldline was closed meanwhile. Run the cell again.');
    return live;
  }

  /** The live worldline where it is open, or being opened. */
  async ifOpen(id: string): Promise<Live | undefined> {
    await this.#closing.get(id)?.catch(() => undefined);
    await this.#opening.get(id)?.catch(() => undefined);
    return this.#lives.get(id);
  }

  /** What the open worldlines have in the store. */
  held(): Held {
    const lives = [...this.#lives.values()];
    return {
      states: lives.map(({ state }) => state),
      variables: lives.flatMap(({ taken }) => taken?.captured.blobs ?? []),
    };
  }

  /** Resolves when the state of every checkpoint so far is in the store. */
  async settled(): Promise<void> {
    await Promise.all([...this.#lives.values()].map((live) => live.saving));
  }

  /** Stops a worldline's parts. Its live files are removed, unless they hold what the store does not. */
  async close(id: string): Promise<void> {
    const live = await this.ifOpen(id);
    this.#opening.delete(id);
    this.#lives.delete(id);
    if (live === undefined) return;
    const closing = this.#close(live, id);
    this.#closing.set(id, closing);
    try {
      await closing;
    } finally {
      this.#closing.delete(id);
    }
  }

  /** Closes every open worldline, and waits for those that close already. */
  async closeAll(): Promise<void> {
    await Promise.allSettled([...this.#closing.values(), ...[...this.ids].map((id) => this.close(id))]);
  }

  async #close(live: Live, id: string): Promise<void> {
    await live.saving;
    await live.parts.close();
    if (live.unsaved) return;
    await removeLive(this.store, this.host, id, live.place.workspace);
  }

  async #open(line: Line): Promise<OpenWorldline> {
    await this.#closing.get(line.id)?.catch(() => undefined);
    const { live, restored } = await openLive(
      this.store,
      this.host,
      line,
      this.lookup.head(line),
      this.#lives.values(),
    );
    this.#lives.set(line.id, live);
    return { place: live.place, parts: live.parts, restored };
  }
}
