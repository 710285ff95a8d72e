import type { ExecuteQueue } from './ExecuteQueue.js';
import type { LazyEngine } from './LazyEngine.js';
import { log, messageOf } from './log.js';

/** How long the engine may take, in milliseconds, before the kernel ends without it. */
const DEADLINE = 4000;

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
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        log('The kernel did not shut down in time; it ends all the same.');
        resolve();
      }, DEADLINE);
    });
    try {
      await Promise.race([deadline, Promise.all([this.#engine.shutdown(restart), this.#queue.drained])]);
    } catch (error) {
      log(`Shutting down failed: ${messageOf(error)}`);
    }
    clearTimeout(timer);
    this.#done = true;
  }
}
