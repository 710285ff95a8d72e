import { availableParallelism } from 'node:os';

/** Milliseconds in which a short cell has its answer. */
const SHORT = 3;
/** Milliseconds from one look to the next after which something else wants the core. */
const DISTURBED = 0.5;

/**
 * Lets the event loop look for the answer to a short cell instead of sleeping until it is woken: to be woken, on a core that
 * went cold meanwhile, takes as long as a part of the cell. It ends when the result is called, when the cell turns out to be
 * longer, and when something else wants the core.
 */
export function stayAwake(): () => void {
  if (availableParallelism() === 1) return () => undefined;
  const began = performance.now();
  let last = began;
  let next = setImmediate(look);
  function look(): void {
    const now = performance.now();
    if (now - began < SHORT && now - last < DISTURBED) next = setImmediate(look);
    last = now;
  }
  return () => {
    clearImmediate(next);
  };
}
