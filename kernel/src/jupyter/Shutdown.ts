import { waitAtMost } from '../waitAtMost.js';
import type { ExecuteQueue } from './ExecuteQueue.js';
import type { LazyEngine } from './LazyEngine.js';
import { messageOf } from '../messageOf.js';
import { log } from './log.js';

/** How long the engine may take, in milliseconds, before the kernel ends without it. */
const DEADLINE = 4000;
/** How much of it what runs may take to stop by itself: the engine keeps what it did, and is freed after that. */
const GRACE = 1500;

/** The end of the kernel, however often and by whatever way it is asked for. */
export class Shutdown {
  /** Resolves when the last answer is out. */
  readonly ended: Promise<void>;
  readonly end: () => void;
  readonly #queue: ExecuteQueue;
  readonly #engine: LazyEngine;
  #running: Promise<void> | null = null;
  #done = false;

  constructor(queue: ExecuteQueue, engine: LazyEngine) {
    this.#queue = queue;
    this.#engine = engine;
    let end = () => {};
    this.ended = new Promise((resolve) => {
      end = resolve;
    });
    this.end = end;
  }

  /** Whether the engine has been shut down. */
  get done(): boolean {
    return this.#done;
  }

  /** Stops what runs and frees the engine. Never rejects. */
  run(restart: boolean): Promise<void> {
    this.#running ??= this.#run(restart);
    return this.#running;
  }

  async #run(restart: boolean): Promise<void> {
    this.#queue.close();
    try {
      const freed = await waitAtMost(DEADLINE, this.#free(restart));
      if (!freed) log('The kernel did not shut down in time; it ends all the same.');
    } catch (error) {
      log(`Shutting down failed: ${messageOf(error)}`);
    }
    this.#done = true;
  }

  async #free(restart: boolean): Promise<void> {
    await waitAtMost(GRACE, this.#queue.drained);
    await Promise.all([this.#engine.shutdown(restart), this.#queue.drained]);
  }
}
