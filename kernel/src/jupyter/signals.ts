import { messageOf } from '../messageOf.js';
import { log } from './log.js';

/** Milliseconds between two looks at whether the process that started the kernel still lives. */
const PARENT_CHECK = 1000;

export interface SignalActions {
  readonly interrupt: () => void;
  readonly end: () => void;
}

/**
 * SIGINT interrupts, SIGTERM and SIGHUP end the kernel, and so does the death of the Jupyter process that started it.
 * An error that nobody caught is logged: losing a user's state to it would be worse.
 */
export function onSignals({ interrupt, end }: SignalActions): void {
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', end);
  process.on('SIGHUP', end);
  process.on('uncaughtException', (error) => {
    log(`An error was not handled: ${error.stack ?? messageOf(error)}`);
  });
  // Where nobody reads the log any more, it is lost: told as an error, that would be logged again, without end.
  process.stderr.on('error', () => undefined);
  const parent = process.ppid;
  // Set by jupyter_client for kernels that are not to outlive it.
  if (process.env.JPY_PARENT_PID === undefined) return;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, PARENT_CHECK).unref();
}
