import type { RunningContainer } from '../engine/Engine.js';

/** Milliseconds between an interrupt, a kill and the removal of the container. */
export const GRACE = 3000;
/** Milliseconds that a capture, a restore or a table's way in or out may take. */
export const WORK_PATIENCE = 120_000;

/**
 * Waits for a request that runs no cell, but no longer than `patience` milliseconds: then it is interrupted, its worker
 * killed, and at last its container removed. Each of them makes `work` reject.
 */
export async function bounded<T>(
  container: RunningContainer,
  patience: number,
  work: Promise<T>,
): Promise<T> {
  const { runner } = container;
  const stages = [
    () => {
      runner.interrupt();
    },
    () => {
      runner.kill();
    },
    () => void container.remove().catch(() => undefined),
  ];
  const timers = stages.map((stage, index) => setTimeout(stage, patience + index * GRACE));
  try {
    return await work;
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}
