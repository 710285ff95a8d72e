import { availableParallelism, loadavg } from 'node:os';

const CORES = availableParallelism();
/** Milliseconds in which a short statement has its answer. */
const SHORT = 3;
/** Milliseconds from one look to the next after which something else had the core. */
const DISTURBED = 1;

/**
 * Lets the event loop look for the answer to a short statement instead of sleeping until it is woken: to be woken, on a core
 * that went cold meanwhile, takes as long as a part of the statement. It ends when the result is called, when the statement
 * turns out to be longer, and when something else wants the core; where no core is to spare, it does not begin. `load`: how
 * many cores are in use, on average over the last minute.
 */
export function stayAwake(load = loadavg()[0] ?? 0, cores = CORES): () => void {
  if (cores === 1 || load >= cores) return () => undefined;
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
