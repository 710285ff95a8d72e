import type { CellEnd, Runner } from '../channel/Runner.js';
import { LONGEST_TIMER } from '../limits.js';
import type { Limits, ExecuteOptions, PythonExports } from '../types.js';
import { SpaceWatch } from '../workspace/SpaceWatch.js';
import { GRACE } from './bounded.js';
import { CellEvents } from './CellEvents.js';
import { breakOf, framesOf } from './crash.js';

export type Stop = 'interrupt' | 'timeout' | 'space';
export interface CellOutcome {
  readonly end: CellEnd;
  readonly error: { ename: string; evalue: string; traceback: readonly string[] } | null;
  /** Where the code was when Python crashed, as lines of a traceback. */
  readonly crashedAt: readonly string[];
  /** What the runner ended of, if it did. */
  readonly broke: string | null;
  /** Why the cell was stopped from outside, if it was. */
  readonly stop: { readonly why: Stop; readonly detail: string } | null;
}

/** Runs one cell and keeps its deadlines: interrupt, kill and, as a last resort, `removeContainer`. Never rejects. */
export async function runCell(
  runner: Runner,
  code: string,
  options: ExecuteOptions,
  place: {
    readonly workspace: string;
    readonly limits: Limits;
    /** Bytes that the workspace has already. */
    readonly held: number;
    readonly exports: PythonExports;
    readonly removeContainer: () => void;
  },
): Promise<CellOutcome> {
  const events = new CellEvents(runner, options, place.workspace, place.exports);
  const timers = new Set<NodeJS.Timeout>();
  let stopped: CellOutcome['stop'] = null;
  const after = (milliseconds: number, action: () => void): void => {
    timers.add(setTimeout(action, milliseconds));
  };
  const kill = (): void => {
    runner.kill();
    after(GRACE, place.removeContainer);
  };
  const stop = (why: Stop, detail: string): void => {
    if (stopped !== null) return;
    stopped = { why, detail };
    if (why === 'space') {
      kill();
      return;
    }
    runner.interrupt();
    after(GRACE / 3, () => {
      runner.interrupt();
    });
    after(GRACE, kill);
  };
  const onAbort = (): void => {
    stop('interrupt', '');
  };
  const watch = new SpaceWatch(place.workspace, place.limits.workspaceSize, place.held, (what) => {
    stop('space', what);
  });
  try {
    const running = runner.execute(code, { cell: options.cell, stdin: options.input !== undefined }, events);
    if (options.signal?.aborted === true) onAbort();
    options.signal?.addEventListener('abort', onAbort, { once: true });
    if (options.timeout !== undefined) {
      const told = `Stopped after ${options.timeout / 1000} s, the time limit.`;
      after(Math.min(options.timeout, LONGEST_TIMER), () => {
        stop('timeout', [told, ...(options.timeoutAdvice ?? [])].join(' '));
      });
    }
    const end = await running;
    // What is written waits in memory for the disk, so a full workspace may show as a want of memory.
    const full = end.type === 'died' && end.cause === 'memory' ? await watch.excess() : null;
    if (full !== null) stopped ??= { why: 'space', detail: full };
    const crashedAt = end.type === 'died' ? framesOf(end.crash, { label: options.cell, code }) : [];
    const broke = end.type === 'died' ? breakOf(end.crash) : null;
    return { end, error: events.error, crashedAt, broke, stop: stopped };
  } finally {
    watch.stop();
    options.signal?.removeEventListener('abort', onAbort);
    for (const timer of timers) clearTimeout(timer);
  }
}
