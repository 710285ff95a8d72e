import { setTimeout } from 'node:timers/promises';
import type { ModelEvent } from '../types.js';
import { abortedError, ProviderError } from './errors.js';

/** Time, so that tests need not wait. */
export interface Clock {
  now(): number;
  /** Resolves after `milliseconds`; rejects with an aborted ProviderError as soon as the signal aborts. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}

export const realClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  wait: (milliseconds, signal) =>
    setTimeout(milliseconds, undefined, { signal }).catch(() => {
      throw abortedError();
    }),
};

export interface RetryPolicy {
  /** Tries in all. */
  readonly attempts: number;
  /** Tries in all where an answer broke off in the middle: each is paid for. */
  readonly truncatedAttempts: number;
  /** Milliseconds before the second try; doubled for each later one. */
  readonly base: number;
  /** The longest wait of our own choosing, in milliseconds. */
  readonly max: number;
  /** A server that asks for a longer wait than this is not waited for, in milliseconds. */
  readonly patience: number;
}

export const defaultRetry: RetryPolicy = {
  attempts: 5,
  truncatedAttempts: 2,
  base: 500,
  max: 16_000,
  patience: 120_000,
};

/**
 * Runs a turn, and runs it again after failures that pass by themselves, with exponential backoff and jitter, or after
 * what the server asked for. Each new try is announced by a `retry` event: what was streamed before is void.
 */
export async function* withRetry(
  turn: () => AsyncIterable<ModelEvent>,
  signal: AbortSignal,
  policy: RetryPolicy = defaultRetry,
  clock: Clock = realClock,
): AsyncIterable<ModelEvent> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      yield* turn();
      return;
    } catch (error) {
      if (signal.aborted) throw abortedError();
      if (!(error instanceof ProviderError) || !error.retryable) throw error;
      const attempts = error.kind === 'truncated' ? policy.truncatedAttempts : policy.attempts;
      const asked = error.retryAfter ?? 0;
      if (attempt >= attempts || asked > policy.patience) throw error;
      const wait = Math.round(Math.max(asked, backoff(attempt, policy, clock)));
      yield { type: 'retry', attempt, wait, reason: reasonOf(error) };
      await clock.wait(wait, signal);
    }
  }
}

/** Between half and all of an exponentially growing wait, in milliseconds. */
function backoff(attempt: number, policy: RetryPolicy, clock: Clock): number {
  const full = Math.min(policy.max, policy.base * 2 ** (attempt - 1));
  return full / 2 + (full / 2) * clock.random();
}

function reasonOf(error: ProviderError): string {
  const status = error.status === undefined ? '' : ` (HTTP ${error.status})`;
  if (error.kind === 'rate-limit') return `the model is asked too fast${status}`;
  if (error.kind === 'truncated') return 'the answer broke off';
  if (error.kind === 'network') return 'the connection broke';
  return `the server failed${status}`;
}

/** Reads `Retry-After` (seconds or an HTTP date) or `retry-after-ms`, in milliseconds from now. */
export function retryAfter(headers: Headers | undefined, now: number): number | undefined {
  const exact = Number(headers?.get('retry-after-ms') ?? NaN);
  if (Number.isFinite(exact)) return Math.max(0, exact);
  const value = headers?.get('retry-after');
  if (value === null || value === undefined || value.trim() === '') return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
