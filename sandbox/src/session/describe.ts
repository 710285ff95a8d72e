import type { Limits } from '../types.js';
import type { CellOutcome } from './runCell.js';

const SIGNALS: Readonly<Record<number, string>> = {
  4: 'an illegal instruction',
  6: 'an abort',
  7: 'a bus error',
  8: 'an arithmetic error',
  9: 'SIGKILL',
  11: 'a segmentation fault',
  15: 'SIGTERM',
  25: 'a file larger than the workspace may hold',
};

/** Of a container that was to stop a cell and did not: it may be paused. */
const MUTE = 'The sandbox did not answer, and was removed. The next cell starts a new one.';

/** A failed cell in words: what happened, and where there is something to do, what. */
export interface Failure {
  readonly status: 'error' | 'interrupted';
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** Null for a cell that went well. `runtime`: the OCI runtime, where it is not the engine's own. */
export function failureOf(
  { end, error, crashedAt, broke, stop }: CellOutcome,
  limits: Limits,
  runtime: string | null,
): Failure | null {
  if (end.type === 'done' && end.status === 'ok') return null;
  const traceback = error?.traceback ?? [];
  if (stop?.why === 'space') return failure('WorkspaceFull', `Stopped: ${stop.detail}`, traceback);
  if (stop?.why === 'timeout')
    return {
      ...failure(
        'TimeoutError',
        end.type === 'gone' ? `${stop.detail} ${MUTE}` : stop.detail,
        traceback.length === 0 ? [] : timedOut(traceback, stop.detail),
      ),
      status: 'interrupted',
    };
  if (stop?.why === 'interrupt')
    return {
      ...failure(
        'KeyboardInterrupt',
        { done: '', died: 'The code ignored the interrupt, and was killed.', gone: MUTE }[end.type],
        traceback,
      ),
      status: 'interrupted',
    };
  switch (end.type) {
    case 'done':
      return {
        ...failure(error?.ename ?? 'Error', error?.evalue ?? '', traceback),
        status: end.status === 'interrupted' ? 'interrupted' : 'error',
      };
    case 'gone':
      return failure(
        'SandboxGone',
        `The sandbox went away while the cell ran: ${end.reason}. ${whyGone(runtime)} The next cell starts a new one.`,
        [],
      );
    case 'died':
      return broke === null
        ? died(end.cause, end.code, crashedAt, limits)
        : failure('ProcessDied', `The code replaced what Python cannot run cells without (${broke}).`, []);
  }
}

function whyGone(runtime: string | null): string {
  if (runtime === null) return 'Was the container removed, or Docker stopped?';
  // The limits of gVisor's containers are those of its own kernel, which ends where it runs into one.
  return `Was the container removed, Docker stopped, or did the code want more memory or processes than there are (SANDBOX_MEMORY, SANDBOX_PIDS)? By ${runtime}, all of it may end then.`;
}

/** The traceback of an interrupt that nobody asked for by hand: it begins and ends with the timeout that it was. */
function timedOut(traceback: readonly string[], detail: string): readonly string[] {
  const name = 'KeyboardInterrupt';
  const last = traceback.at(-1)?.includes(name) === true ? traceback.slice(0, -1) : traceback;
  const told = last.map((line, at) =>
    at < 2 ? line.replace(name, 'TimeoutError'.padEnd(name.length)) : line,
  );
  return [...told, `\u001b[31mTimeoutError\u001b[39m: ${detail}`];
}

/** Null but for a cell that was to be stopped, and was none the less all right at its end. */
export function ignoredTimeout({ end, stop }: CellOutcome): string | null {
  if (stop?.why !== 'timeout' || end.type !== 'done' || end.status !== 'ok') return null;
  return `${stop.detail} The code caught the KeyboardInterrupt that tells it so, and went on to its end.`;
}

function died(
  cause: 'exit' | 'signal' | 'memory',
  code: number,
  crashedAt: readonly string[],
  limits: Limits,
): Failure {
  if (cause === 'memory') {
    const size = `${Math.round(limits.memory / 1048576)} MB`;
    return failure(
      'MemoryError',
      `The code needed more than the sandbox's ${size} of memory, and was stopped. Work on less at a time, or set SANDBOX_MEMORY.`,
      [],
    );
  }
  if (cause === 'signal') {
    const text = `Python ended by ${SIGNALS[-code] ?? `signal ${-code}`}.`;
    return failure('ProcessDied', text, crashedAt.length === 0 ? [] : crashed(crashedAt, text));
  }
  return failure('ProcessDied', `Python ended by itself, with exit code ${code}.`, []);
}

/** As IPython shows an exception that nobody caught. */
function crashed(frames: readonly string[], text: string): readonly string[] {
  const name = '\u001b[31mProcessDied\u001b[39m';
  const gap = ' '.repeat(31);
  return ['-'.repeat(75), `${name}${gap}Traceback (most recent call last)`, ...frames, `${name}: ${text}`];
}

function failure(ename: string, evalue: string, traceback: readonly string[]): Failure {
  return { status: 'error', ename, evalue, traceback };
}
