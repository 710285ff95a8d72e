import type { Usage } from '../contract.js';
import type { Limit } from './limit.js';
import type { RunLimits } from './types.js';
import { addUsage, noUsage } from './usage.js';

/** What a run has used, and which of its limits that meets. */
export class Budget {
  readonly #limits: RunLimits;
  readonly #began: number;
  readonly #now: () => number;
  #clock: AbortSignal | null = null;
  #steps = 0;
  #usage: Usage = noUsage;

  constructor(limits: RunLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#began = now();
  }

  get usage(): Usage {
    return this.#usage;
  }
  spend(usage: Usage): void {
    this.#usage = addUsage(this.#usage, usage);
  }
  step(): void {
    this.#steps += 1;
  }

  /** A signal that aborts when the time is up; null where there is no limit. */
  startClock(): AbortSignal | null {
    const time = this.timeLeft();
    this.#clock = time === null ? null : AbortSignal.timeout(time);
    return this.#clock;
  }

  /** Milliseconds until the wall clock stops the run; null where there is none. */
  timeLeft(): number | null {
    return this.#limits.time === null ? null : Math.max(0, this.#began + this.#limits.time - this.#now());
  }

  /** The limit that is met; null while there is room. */
  met(): Limit | null {
    const { steps, tokens, usd, time } = this.#limits;
    const used = this.#usage.inputTokens + this.#usage.outputTokens;
    if (this.#steps >= steps) return { kind: 'steps', most: steps };
    if (tokens !== null && used >= tokens) return { kind: 'tokens', most: tokens };
    if (usd !== null && this.#usage.cost !== null && this.#usage.cost >= usd)
      return { kind: 'usd', most: usd };
    // Its timer may be a little ahead of the clock.
    const isOver = this.#clock?.aborted === true || this.timeLeft() === 0;
    if (time !== null && isOver) return { kind: 'seconds', most: Math.round(time / 1000) };
    return null;
  }

  /** What is left, in a line for the model. */
  left(): string {
    const { steps, tokens, usd } = this.#limits;
    const parts = [`${Math.max(0, steps - this.#steps)} of ${steps} steps`];
    const used = this.#usage.inputTokens + this.#usage.outputTokens;
    if (tokens !== null) parts.push(`${Math.max(0, tokens - used)} tokens`);
    if (usd !== null) parts.push(`$${Math.max(0, usd - (this.#usage.cost ?? 0)).toFixed(2)}`);
    const time = this.timeLeft();
    if (time !== null) parts.push(`${Math.round(time / 1000)} s`);
    return parts.join(', ');
  }
}
