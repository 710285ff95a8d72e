import type { Display } from '../mime.js';

/** Milliseconds between two updates of one display. */
const INTERVAL = 100;

interface Throttle {
  pending: Display | null;
  timer: NodeJS.Timeout | null;
}

/** Lets at most ten updates a second through for each display; of those in between, the newest is sent when its time comes. */
export class DisplayUpdates {
  readonly #publish: (display: Display, displayId: string) => void;
  readonly #throttles = new Map<string, Throttle>();

  constructor(publish: (display: Display, displayId: string) => void) {
    this.#publish = publish;
  }

  update(display: Display, displayId: string): void {
    const throttle = this.#throttles.get(displayId);
    if (throttle?.timer) {
      throttle.pending = display;
      return;
    }
    this.#publish(display, displayId);
    this.#rest(displayId);
  }

  /** Sends what waits, for one display or for all. */
  flush(displayId?: string): void {
    const ids = displayId === undefined ? [...this.#throttles.keys()] : [displayId];
    for (const id of ids) {
      const throttle = this.#throttles.get(id);
      if (throttle === undefined) continue;
      if (throttle.timer !== null) clearTimeout(throttle.timer);
      this.#throttles.delete(id);
      if (throttle.pending !== null) this.#publish(throttle.pending, id);
    }
  }

  #rest(displayId: string): void {
    const throttle: Throttle = { pending: null, timer: null };
    throttle.timer = setTimeout(() => {
      this.#throttles.delete(displayId);
      if (throttle.pending !== null) this.update(throttle.pending, displayId);
    }, INTERVAL);
    this.#throttles.set(displayId, throttle);
  }
}
