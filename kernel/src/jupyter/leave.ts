import { LINGER } from './Channels.js';

/**
 * Ends the process with 0 once its closed sockets have delivered what they still hold. `process.exit` would throw that
 * away; so it is only the way out where something keeps the process alive for longer than the sockets deliver at all.
 */
export function leave(): void {
  process.exitCode = 0;
  setTimeout(() => {
    process.exit();
  }, LINGER).unref();
}
